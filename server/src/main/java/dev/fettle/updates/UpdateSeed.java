package dev.fettle.updates;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.Guids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.IdentitySets;
import dev.fettle.devices.SoftwareVersion;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts releases and operations of a seed document into a tenant exactly as the document describes
 * them. What is there already, by its id, is left alone.
 */
public final class UpdateSeed {

  private static final Duration DEADLINE = Duration.ofDays(1);

  private static final String RELEASE =
      """
      insert into updates_release
        (tenant_id, id, software_type, version, version_key, display_name, device_types, models,
         state, created_date_time, last_modified_date_time, published_date_time)
      values (?, ?, ?, ?, ?, ?, ?, ?, 'published', ?, ?, ?) on conflict do nothing
      """;

  private static final String OPERATION =
      """
      insert into updates_operation
        (tenant_id, device_id, id, operation_type, status, created_by, created_date_time,
         started_date_time, completed_date_time, last_action_by, last_action_date_time,
         deadline_date_time, is_seeded, action_number)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, true, nextval('updates_action_number'))
      on conflict do nothing
      """;

  /** Files of a seed are written out in it, so they are small. */
  private static final int LARGEST_FILE = 1 << 20;

  private final Db db;
  private final ContentStore contents;

  public UpdateSeed(Db db, ContentStore contents) {
    this.db = db;
    this.contents = contents;
  }

  /** Applies the members {@code releases} and {@code operations} of the document. */
  public void apply(String tenantId, JsonNode document) {
    Map<String, Content> files = new HashMap<>();
    for (JsonNode artifact : document.path("releases").findValues("artifacts")) {
      artifact.forEach(one -> files.computeIfAbsent(text(one, "text"), this::store));
    }
    db.tx(
        tx -> {
          for (JsonNode release : document.path("releases")) {
            release(tx, tenantId, release, files);
          }
          for (JsonNode operation : document.path("operations")) {
            operation(tx, tenantId, operation);
          }
          return null;
        });
  }

  private Content store(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return contents.put(new ByteArrayInputStream(bytes), LARGEST_FILE, bytes.length);
  }

  private static void release(
      Tx tx, String tenantId, JsonNode release, Map<String, Content> files) {
    String version = text(release, "version");
    String id = Guids.kept(text(release, "id"));
    Instant created = Instant.parse(text(release, "createdDateTime"));
    int made =
        tx.update(
            Sql.of(
                RELEASE,
                tenantId,
                id,
                text(release, "softwareType"),
                version,
                SoftwareVersion.of(version).key(),
                release.path("displayName").isString() ? text(release, "displayName") : null,
                texts(release.path("deviceTypes")),
                ReleaseRules.models(texts(release.path("models"))),
                created,
                created,
                Instant.parse(text(release, "publishedDateTime"))));
    if (made == 0) {
      // It keeps the files that it was published with.
      return;
    }
    for (JsonNode artifact : release.path("artifacts")) {
      ReleaseStore.saveArtifact(
          tx,
          tenantId,
          id,
          text(artifact, "fileName"),
          Objects.requireNonNull(files.get(text(artifact, "text"))),
          IdentitySets.ofServer(),
          created);
    }
  }

  private static void operation(Tx tx, String tenantId, JsonNode operation) {
    Instant created = Instant.parse(text(operation, "createdDateTime"));
    tx.update(
        Sql.of(
            OPERATION,
            tenantId,
            Guids.kept(text(operation, "deviceId")),
            Guids.kept(text(operation, "id")),
            text(operation, "operationType"),
            text(operation, "status"),
            object(operation, "createdBy"),
            created,
            time(operation, "startedDateTime"),
            completed(operation, created),
            object(operation, "lastActionBy"),
            time(operation, "lastActionDateTime"),
            created.plus(DEADLINE)));
  }

  /** An operation that has ended ended at some time, whether the document says so or not. */
  private static @Nullable Instant completed(JsonNode operation, Instant created) {
    if (!OperationStatus.of(text(operation, "status")).isFinal()) {
      return null;
    }
    Instant said = time(operation, "completedDateTime");
    Instant last = said == null ? time(operation, "lastActionDateTime") : said;
    return last == null ? created : last;
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException("A seeded entry lacks '" + name + "'.");
    }
    return value.stringValue();
  }

  private static @Nullable Instant time(JsonNode node, String name) {
    return node.path(name).isString() ? Instant.parse(text(node, name)) : null;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asString()));
    return texts;
  }

  private static @Nullable ObjectNode object(JsonNode node, String name) {
    return node.get(name) instanceof ObjectNode object ? object : null;
  }
}
