package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.UnusableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyFileTest {

  @TempDir Path folder;

  @Test
  void the_key_file_is_made_for_its_owner_alone_and_used_again() throws IOException {
    Path file = folder.resolve("keys/vpp.json");
    byte[] sealed = KeyFile.open(file).seal("secret", "a");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(KeyFile.open(file).open(sealed, "a")).contains("secret");
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    try (var files = Files.list(folder.resolve("keys"))) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void a_secret_does_not_open_for_another_row_or_with_another_key() {
    KeyFile vault = KeyFile.open(folder.resolve("one"));
    byte[] sealed = vault.seal("secret", "tenant/1");

    assertThat(vault.open(sealed, "tenant/2")).isEmpty();
    assertThat(KeyFile.open(folder.resolve("two")).open(sealed, "tenant/1")).isEmpty();
  }

  @Test
  void servers_that_have_not_seen_a_rotation_understand_and_are_understood() {
    Path file = folder.resolve("keys");
    KeyFile slow = KeyFile.open(file);
    byte[] before = slow.seal("before", "x");
    KeyFile quick = KeyFile.open(file);
    quick.newKey();
    byte[] after = quick.seal("after", "x");

    assertThat(quick.open(before, "x")).contains("before");
    assertThat(quick.current(before, "x")).isFalse();
    assertThat(quick.current(after, "x")).isTrue();
    byte[] late = slow.seal("late", "x");
    assertThat(quick.open(late, "x")).contains("late");
    assertThat(slow.open(after, "x")).contains("after");
  }

  @Test
  void the_second_rotation_ends_the_first_key() {
    KeyFile vault = KeyFile.open(folder.resolve("keys"));
    byte[] old = vault.seal("old", "x");
    vault.newKey();
    vault.newKey();

    assertThat(vault.open(old, "x")).isEmpty();
  }

  @Test
  void a_file_of_something_else_is_told_without_quoting_it() throws IOException {
    Path file = Files.writeString(folder.resolve("notes"), "{\"private\":\"words\"}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("holds no keys of ours")
        .hasNoCause()
        .message()
        .doesNotContain("words");
  }

  @Test
  void a_file_that_others_may_read_is_refused_with_what_to_do() throws IOException {
    Path file = folder.resolve("keys");
    assertThat(KeyFile.open(file)).hasToString("keys of " + file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("rw-r-----")
        .hasMessageContaining("chmod 600");
  }

  @Test
  void a_place_where_no_file_can_be_is_refused() throws IOException {
    Path file = Files.createFile(folder.resolve("plain")).resolve("keys");

    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("cannot be read or made");
  }
}
