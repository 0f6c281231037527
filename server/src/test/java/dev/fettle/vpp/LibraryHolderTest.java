package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.vpp.apple.MdmInfo;
import org.junit.jupiter.api.Test;

final class LibraryHolderTest {

  @Test
  void a_library_is_ours_by_the_id_and_not_by_the_name() {
    assertThat(LibraryHolder.of(null, "a")).isEqualTo(new LibraryHolder.Nobody());
    assertThat(LibraryHolder.of(new MdmInfo("a", "x", "y"), "a"))
        .isEqualTo(new LibraryHolder.Ours());
    assertThat(LibraryHolder.of(new MdmInfo("b", "Fettle", "Fettle"), "a"))
        .isEqualTo(new LibraryHolder.Other("Fettle"));
  }
}
