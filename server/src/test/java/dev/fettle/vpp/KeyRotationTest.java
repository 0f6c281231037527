package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.UnusableFile;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithPostgres
final class KeyRotationTest {

  /** A rotation is about all that is stored, so each test begins with nothing. */
  @BeforeEach
  void empty(Db db) {
    int deleted = db.statement(tx -> tx.update(Sql.of("delete from vpp_token")));
    assertThat(deleted).isNotNegative();
  }

  @Test
  void rotation_seals_a_populated_database_again_while_a_server_runs(Db db, @TempDir Path data)
      throws Exception {
    try (VppWorld world = new VppWorld(db, data)) {
      VppWorld.Library library = world.library(1);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        all.add(world.create(world.admin.issueToken(library.uId())));
      }
      KeyFile vault = KeyFile.open(data.resolve("keys.json"));
      byte[] before = secret(db, world.tenant, all.getFirst());

      assertThat(new KeyRotation(db, vault).rotate()).isEqualTo(250);

      byte[] after = secret(db, world.tenant, all.getFirst());
      assertThat(after).isNotEqualTo(before);
      String context = SealedSecret.context(world.tenant, all.getFirst());
      assertThat(vault.current(after, context)).isTrue();
      String late = world.create(world.admin.issueToken(library.uId()));
      world.sync(all.getLast());
      assertThat(world.token(all.getLast()).path("lastSyncStatus").asString())
          .isEqualTo("completed");
      assertThat(new KeyRotation(db, vault).rotate()).isGreaterThanOrEqualTo(251);
      world.sync(late);
      assertThat(world.token(late).path("lastSyncStatus").asString()).isEqualTo("completed");
    }
  }

  @Test
  void a_rotation_that_broke_off_half_way_is_brought_to_its_end_by_the_next(
      Db db, @TempDir Path data) throws Exception {
    try (VppWorld world = new VppWorld(db, data)) {
      VppWorld.Library library = world.library(1);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(world.create(world.admin.issueToken(library.uId())));
      }
      KeyFile dying = KeyFile.open(data.resolve("keys.json"));
      List<SealedSecret> secrets =
          db.statement(tx -> VppTokenStore.secretsAfter(tx, "", "")).stream()
              .filter(one -> one.tenantId().equals(world.tenant))
              .toList();
      dying.newKey();
      for (SealedSecret one : secrets.subList(0, 4)) {
        byte[] fresh =
            dying.seal(dying.open(one.sealed(), one.context()).orElseThrow(), one.context());
        boolean resealed = db.statement(tx -> VppTokenStore.reseal(tx, one, fresh));
        assertThat(resealed).isTrue();
      }

      KeyFile next = KeyFile.open(data.resolve("keys.json"));
      assertThat(new KeyRotation(db, next).rotate()).isEqualTo(6 + 10);

      for (SealedSecret one : secrets) {
        byte[] now = secret(db, world.tenant, one.tokenId());
        assertThat(next.current(now, one.context())).isTrue();
      }
      world.sync(all.getFirst());
      world.sync(all.getLast());
      assertThat(world.token(all.getFirst()).path("lastSyncStatus").asString())
          .isEqualTo("completed");
      assertThat(world.token(all.getLast()).path("lastSyncStatus").asString())
          .isEqualTo("completed");
    }
  }

  @Test
  void without_the_right_key_file_content_tokens_are_told_to_be_sent_again_and_can_be(
      Db db, @TempDir Path data) throws Exception {
    try (VppWorld world = new VppWorld(db, data)) {
      VppWorld.Library library = world.library(1);
      String id = world.created(library.token());
      world.server =
          world.another(VppSettings.lenient(world.settings().apple(), data.resolve("lost.json")));

      world.sync(id);
      assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("failed");
      assertThat(world.token(id).path("state").asString()).isEqualTo("valid");
      assertThat(world.server.get(world.caller, "/fettle/v1.0/vppTokens/attention").body())
          .contains("does not open with the key file");
      assertThat(world.patch(id, "{\"displayName\":\"Still here\"}").status()).isEqualTo(200);
      assertThatThrownBy(
              () -> new KeyRotation(db, KeyFile.open(data.resolve("lost.json"))).rotate())
          .isInstanceOf(UnusableFile.class)
          .hasMessageContaining(id);

      assertThat(world.patch(id, "{\"token\":\"" + library.token() + "\"}").status())
          .isEqualTo(200);
      world.work();
      assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("completed");
      assertThat(world.count("vpp_app")).isEqualTo(1);
    }
  }

  @Test
  void a_vpp_token_whose_key_is_lost_can_be_deleted(Db db, @TempDir Path data) throws Exception {
    try (VppWorld world = new VppWorld(db, data)) {
      String id = world.created(world.library(1).token());
      world.server =
          world.another(VppSettings.lenient(world.settings().apple(), data.resolve("lost.json")));

      assertThat(world.server.delete(world.caller, VppWorld.TOKENS + "/" + id).status())
          .isEqualTo(204);
    }
  }

  private static byte[] secret(Db db, String tenant, String id) {
    return db.statement(tx -> VppTokenStore.secret(tx, tenant, id)).orElseThrow().sealed();
  }
}
