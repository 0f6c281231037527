package dev.fettle.base;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A file that comes with the program. */
public final class ShippedFile {

  private ShippedFile() {}

  /**
   * The bytes of a file.
   *
   * @param path from the root of the program's resources, such as {@code /csdl/beta.xml}
   * @throws IllegalArgumentException if there is no such file
   */
  public static byte[] bytes(String path) {
    try (InputStream in = ShippedFile.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("No such file in the program: " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file in UTF-8. */
  public static String text(String path) {
    return new String(bytes(path), UTF_8);
  }
}
