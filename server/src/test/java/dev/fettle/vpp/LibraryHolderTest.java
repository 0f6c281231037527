package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.vpp.apple.LibraryInfo;
import dev.fettle.vpp.apple.MdmInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LibraryHolderTest {

  @Test
  void a_library_is_ours_by_the_id_and_not_by_the_name() {
    assertThat(holder(null)).isEqualTo(new LibraryHolder.Nobody());
    assertThat(holder(new MdmInfo("a", "x", "y"))).isEqualTo(new LibraryHolder.Ours());
    assertThat(holder(new MdmInfo("b", "Fettle", "Fettle")))
        .isEqualTo(new LibraryHolder.Other("Fettle"));
  }

  private static LibraryHolder holder(@Nullable MdmInfo mdmInfo) {
    return LibraryHolder.of(new LibraryInfo("1", null, mdmInfo), "a");
  }
}
