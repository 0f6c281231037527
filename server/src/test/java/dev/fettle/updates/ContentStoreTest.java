package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {

  private static final String SHA256 =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @TempDir Path folder;
  private ContentStore store;

  @BeforeEach
  void open() {
    store = new ContentStore(folder, Ids.random());
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).toList();
    }
  }

  /** Every user of the machine could read what is for the devices that fit. */
  @Test
  void nobody_else_looks_into_the_directory() throws IOException {
    Path files = folder.resolve("files");
    Content content = new ContentStore(files, Ids.random()).put(text("hello"), 100, -1);
    assertThat(files.resolve("2c").resolve(content.sha256())).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files)))
        .isEqualTo("rwx------");
  }

  @Test
  void content_is_hashed_on_the_way_and_read_back_from_any_place() throws IOException {
    Content content = store.put(text("hello"), 100, -1);
    assertThat(content)
        .isEqualTo(
            new Content(
                SHA256,
                "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
                "5d41402abc4b2a76b9719d911017c592",
                5));
    try (InputStream in = store.open(SHA256, 3)) {
      assertThat(in.readAllBytes()).isEqualTo("lo".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void the_same_content_is_one_file() throws IOException {
    store.put(text("hello"), 100, 5);
    store.put(text("hello"), 100, 5);
    assertThat(files()).hasSize(1);
  }

  @Test
  void nothing_is_left_of_what_is_too_large_too_short_or_breaks() throws IOException {
    assertThatThrownBy(() -> store.put(text("hello"), 4, -1))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.reason()).isInstanceOf(Reason.TooLarge.class));
    assertThatThrownBy(() -> store.put(text("hello"), 4, 5))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.reason()).isInstanceOf(Reason.TooLarge.class));
    assertThatThrownBy(() -> store.put(text("hel"), 100, 5))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.reason()).isInstanceOf(Reason.Invalid.class));
    InputStream breaking =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() -> store.put(breaking, 100, 5)).isInstanceOf(UncheckedIOException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void a_full_disk_is_told_and_nothing_is_left() throws IOException {
    // /dev/full takes no byte and fails as a full disk does.
    ContentStore full =
        new ContentStore(
            folder,
            Ids.random(),
            file -> {
              Files.createFile(file);
              return FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE);
            });
    assertThatThrownBy(() -> full.put(text("hello"), 100, -1))
        .isInstanceOfSatisfying(
            Refusal.class,
            e -> assertThat(e.reason()).isInstanceOf(Reason.InsufficientStorage.class));
    assertThatThrownBy(() -> store.put(text("hello"), Long.MAX_VALUE, Long.MAX_VALUE))
        .isInstanceOfSatisfying(
            Refusal.class,
            e -> assertThat(e.reason()).isInstanceOf(Reason.InsufficientStorage.class));
    assertThat(files()).isEmpty();
  }

  @Test
  void only_a_hash_names_a_file() {
    for (String name :
        List.of("../" + SHA256, "incoming", SHA256.toUpperCase(java.util.Locale.ROOT))) {
      assertThatThrownBy(() -> store.open(name, 0)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void the_sweep_takes_what_is_old_and_not_in_use_and_leftovers() throws IOException {
    Content kept = store.put(text("hello"), 100, -1);
    store.put(text("unused"), 100, -1);
    Files.writeString(folder.resolve("incoming").resolve("leftover"), "half");
    assertThat(store.removeUnused(Instant.now().minus(Duration.ofHours(1)), sha256 -> false))
        .isZero();
    assertThat(store.removeUnused(Instant.now().plus(Duration.ofHours(1)), kept.sha256()::equals))
        .isEqualTo(2);
    assertThat(files()).extracting(file -> file.getFileName().toString()).containsExactly(SHA256);
  }

  // ---- pieces -----------------------------------------------------------------------------------

  private static final String UPLOAD = "ab".repeat(32);

  private UploadProgress piece(String range, String bytes) {
    return store.putRange(UPLOAD, ContentRange.parse("bytes " + range), text(bytes), 100);
  }

  @Test
  void pieces_become_the_file_and_its_hashes_when_the_last_is_there() throws IOException {
    assertThat(piece("0-1/5", "he")).isEqualTo(new UploadProgress(2, null));
    assertThat(piece("2-3/5", "ll")).isEqualTo(new UploadProgress(4, null));
    UploadProgress whole = piece("4-4/5", "o");
    assertThat(whole.content()).isEqualTo(store.put(text("hello"), 100, 5));
    assertThat(files()).hasSize(1);
    assertThat(piece("*/5", "")).isEqualTo(new UploadProgress(0, null));
  }

  @Test
  void what_has_arrived_outlives_the_server_and_can_be_asked_for() {
    piece("0-2/5", "hel");
    store = new ContentStore(folder, Ids.random());
    assertThat(piece("*/5", "")).isEqualTo(new UploadProgress(3, null));
    assertThat(piece("3-4/5", "lo").content()).isNotNull();
  }

  @Test
  void the_bytes_of_a_piece_that_broke_off_count() {
    InputStream breaking =
        new InputStream() {
          private int given;

          @Override
          public int read() {
            if (given == 3) {
              throw Refusal.invalid(null, "the client is gone");
            }
            return "hello".charAt(given++);
          }

          @Override
          public int read(byte[] bytes, int from, int length) {
            bytes[from] = (byte) read();
            return 1;
          }
        };
    assertThatThrownBy(
            () -> store.putRange(UPLOAD, ContentRange.parse("bytes 0-4/5"), breaking, 100))
        .hasMessage("the client is gone");
    assertThat(piece("*/5", "")).isEqualTo(new UploadProgress(3, null));
  }

  @Test
  void a_piece_may_be_sent_again_but_none_left_out() {
    piece("0-2/5", "xxx");
    piece("0-2/5", "hel");
    assertThat(piece("1-3/5", "ell")).isEqualTo(new UploadProgress(4, null));
    assertThatThrownBy(() -> store.putRange(UPLOAD, new ContentRange(5, 1, 6), text("!"), 100))
        .isInstanceOfSatisfying(
            Refusal.class,
            e ->
                assertThat(e.reason())
                    .isEqualTo(
                        new Reason.RangeNotSatisfiable(
                            4,
                            "Of this file 4 bytes have arrived; the next piece begins with byte 4"
                                + " or before.")));
    UploadProgress whole = piece("4-4/5", "o");
    assertThat(whole.content()).extracting(Content::sha256).isEqualTo(SHA256);
  }

  @Test
  void a_piece_is_as_long_as_it_says() {
    assertThat(piece("0-2/5", "he")).isEqualTo(new UploadProgress(2, null));
    assertThatThrownBy(() -> piece("2-3/5", "llo")).hasMessageContaining("longer than the piece");
    assertThat(piece("*/5", "")).isEqualTo(new UploadProgress(2, null));
    assertThatThrownBy(() -> piece("0-0/101", "h")).hasMessageContaining("limit of 100 bytes");
  }

  @Test
  void two_pieces_at_once_are_one_too_many() {
    InputStream other =
        new InputStream() {
          private boolean tried;

          @Override
          public int read() {
            if (tried) {
              return -1;
            }
            tried = true;
            assertThatThrownBy(() -> piece("0-4/5", "hello"))
                .isInstanceOfSatisfying(
                    Refusal.class, e -> assertThat(e.reason()).isInstanceOf(Reason.Conflict.class));
            return 'h';
          }

          @Override
          public int read(byte[] bytes, int from, int length) {
            int one = read();
            bytes[from] = (byte) one;
            return one < 0 ? -1 : 1;
          }
        };
    assertThat(store.putRange(UPLOAD, ContentRange.parse("bytes 0-0/5"), other, 100))
        .isEqualTo(new UploadProgress(1, null));
  }

  /**
   * The file used to be given free before it was hashed, which takes long for a large one. A client
   * that had waited too long and sent its last piece again cut it off under the hash: a wrong
   * release was stored under a hash that was not its own.
   */
  @Test
  void a_file_that_is_being_hashed_takes_no_piece() throws IOException {
    PartialFiles partial = new PartialFiles(Files.createDirectories(folder.resolve("parts")));
    UploadProgress whole =
        partial.take(
            UPLOAD,
            ContentRange.parse("bytes 0-4/5"),
            text("hello"),
            file -> {
              assertThatThrownBy(
                      () ->
                          partial.take(
                              UPLOAD,
                              ContentRange.parse("bytes 3-4/5"),
                              text("xx"),
                              late -> new UploadProgress(-1, null)))
                  .isInstanceOfSatisfying(
                      Refusal.class,
                      e -> assertThat(e.reason()).isInstanceOf(Reason.Conflict.class));
              return new UploadProgress(Files.size(file), null);
            });
    assertThat(whole).isEqualTo(new UploadProgress(5, null));
  }

  /**
   * A server that was killed between the last byte and the hash had a file that nobody could end.
   */
  @Test
  void a_file_whose_last_byte_came_before_the_server_was_killed_is_finished_by_the_question()
      throws IOException {
    Files.writeString(folder.resolve("incoming").resolve(UPLOAD + ".part"), "hello");
    assertThat(piece("*/5", "").content()).extracting(Content::sha256).isEqualTo(SHA256);
    assertThat(files()).hasSize(1);
  }

  @Test
  void unfinished_uploads_are_swept() throws IOException {
    piece("0-2/5", "hel");
    assertThat(store.removeUnused(Instant.now().plus(Duration.ofMinutes(1)), sha256 -> true))
        .isEqualTo(1);
    assertThat(files()).isEmpty();
  }
}
