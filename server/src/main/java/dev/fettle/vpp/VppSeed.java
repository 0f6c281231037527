package dev.fettle.vpp;

import dev.fettle.base.Guids;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The vppTokens that a file describes, in the shape of Graph with {@code id} and {@code
 * lastModifiedDateTime}. An id that exists is left alone.
 */
final class VppSeed {

  private final Db db;
  private final Jobs jobs;
  private final Secrets secrets;
  private final InstantSource clock;

  VppSeed(Db db, Jobs jobs, Secrets secrets, InstantSource clock) {
    this.db = db;
    this.jobs = jobs;
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Applies the member {@code vppTokens} of a document; a document without it says nothing.
   *
   * @return how many vppTokens were made
   */
  int apply(String tenantId, JsonNode document) {
    int made = 0;
    for (JsonNode entry : document.path("vppTokens")) {
      if (entry instanceof ObjectNode token && put(tenantId, token)) {
        made++;
      }
    }
    return made;
  }

  private boolean put(String tenantId, ObjectNode seed) {
    String id = Guids.canonical(seed.path("id").asString(""));
    if (id.isEmpty()) {
      throw new IllegalArgumentException("A vppToken of the seed needs an id");
    }
    String secret = VppTokenJson.token(seed);
    ContentToken content = secret == null ? null : ContentToken.read(secret).orElse(null);
    VppToken token =
        VppToken.created(id, VppTokenJson.over(VppTokenDetails.unsaid(), seed), content);
    byte[] sealed =
        secret == null
            ? null
            : secrets.seal(tenantId, id, content == null ? secret : content.reveal());
    Instant now = clock.instant();
    return db.tx(
        tx -> {
          if (!VppTokenStore.insert(tx, tenantId, token, sealed, now)) {
            return false;
          }
          String modified = modified(seed);
          if (modified != null && VppTokenStore.setModified(tx, tenantId, id, modified) != 1) {
            throw new IllegalStateException("a seeded vppToken went away");
          }
          // A described vppToken is left as described for a while: that is the use of a seed.
          Instant due = content == null ? now.plus(Duration.ofDays(7)) : now;
          SyncJob.ask(jobs, tx, tenantId, id, due);
          return true;
        });
  }

  private static @Nullable String modified(ObjectNode seed) {
    JsonNode time = seed.get("lastModifiedDateTime");
    return time == null ? null : PreciseTime.parse(time.asString());
  }
}
