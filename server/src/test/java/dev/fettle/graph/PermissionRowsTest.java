package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithPostgres
class PermissionRowsTest {

  @Test
  void the_document_of_permissions_has_the_rows_of_the_server_and_no_others(
      Db db, @TempDir Path data) {
    try (InProcess fettle = new InProcess(db, InstantSource.system(), Ids.random(), data)) {
      assertThat(
              fettle.application().coverage().rows().stream()
                  .flatMap(route -> route.versions().stream().map(route::row))
                  .map(row -> row.method() + " " + row.path()))
          .containsExactlyInAnyOrderElementsOf(PermissionTable.rows());
    }
  }
}
