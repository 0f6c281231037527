package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithPostgres
final class VppKeysTest {

  @Test
  void rotation_seals_a_populated_database_again_while_a_server_runs(Db db, @TempDir Path data)
      throws Exception {
    try (VppWorld world = new VppWorld(db, data)) {
      VppWorld.Library library = world.library(1);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        all.add(world.create(world.admin.issueToken(library.uId())));
      }
      Vault vault = Vault.open(data.resolve("keys.json"));
      TokenStore store = new TokenStore();
      byte[] before = secret(db, store, world.tenant, all.getFirst());

      assertThat(new VppKeys(db, vault).rotate()).isEqualTo(250);

      byte[] after = secret(db, store, world.tenant, all.getFirst());
      assertThat(after).isNotEqualTo(before);
      String context = TokenStore.Secret.context(world.tenant, all.getFirst());
      assertThat(vault.current(after, context)).isTrue();
      String late = world.create(world.admin.issueToken(library.uId()));
      world.sync(all.getLast());
      assertThat(world.token(all.getLast()).path("lastSyncStatus").asString())
          .isEqualTo("completed");
      assertThat(new VppKeys(db, vault).rotate()).isGreaterThanOrEqualTo(251);
      world.sync(late);
      assertThat(world.token(late).path("lastSyncStatus").asString()).isEqualTo("completed");
    }
  }

  private static byte[] secret(Db db, TokenStore store, String tenant, String id) {
    return db.read(tx -> store.find(tx, tenant, id))
        .flatMap(TokenStore.Sealed::secret)
        .orElseThrow();
  }
}
