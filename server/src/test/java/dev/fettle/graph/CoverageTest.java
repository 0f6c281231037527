package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be read off the rows of the whole server. */
@WithPostgres
class CoverageTest {

  @Test
  void every_permission_that_opens_something_is_spelt_as_graph_spells_permissions(
      Db db, @TempDir Path data) {
    try (InProcess fettle = new InProcess(db, InstantSource.system(), Ids.random(), data)) {
      Coverage coverage = fettle.application().coverage();
      Set<String> all = new TreeSet<>(coverage.applicationPermissions());
      all.addAll(coverage.delegatedPermissions());
      assertThat(all).allMatch(name -> name.matches("[A-Z][A-Za-z]+(\\.[A-Z][A-Za-z]+)+"));
    }
  }
}
