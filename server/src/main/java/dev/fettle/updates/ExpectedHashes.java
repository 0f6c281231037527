package dev.fettle.updates;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that a caller announces for a file, by the header {@code Repr-Digest} or {@code
 * Content-Digest} of RFC 9530 ({@code sha-256=:base64:}) or the older {@code Digest} of RFC 3230
 * ({@code SHA-256=base64}). Algorithms that are not known are passed over, as those standards ask.
 */
final class ExpectedHashes {

  private enum Algorithm {
    SHA256,
    SHA1,
    MD5
  }

  private record Expected(Algorithm algorithm, String hex) {}

  private final List<Expected> expected;

  private ExpectedHashes(List<Expected> expected) {
    this.expected = expected;
  }

  /**
   * Reads the values of the headers; null where one was not sent.
   *
   * @throws Refusal with {@link Reason.Invalid} for a header that cannot be read
   */
  static ExpectedHashes of(
      @Nullable String reprDigest, @Nullable String contentDigest, @Nullable String digest) {
    List<Expected> found = new ArrayList<>();
    read("Repr-Digest", reprDigest, true, found);
    read("Content-Digest", contentDigest, true, found);
    read("Digest", digest, false, found);
    return new ExpectedHashes(found);
  }

  /** Refuses a file that is not the announced one. */
  void check(Content content) {
    for (Expected one : expected) {
      String actual =
          switch (one.algorithm()) {
            case SHA256 -> content.sha256();
            case SHA1 -> content.sha1();
            case MD5 -> content.md5();
          };
      if (!actual.equals(one.hex())) {
        throw Refusal.invalid(
            null,
            "The file is not the announced one: its "
                + one.algorithm()
                + " is "
                + actual
                + ", announced was "
                + one.hex()
                + ". Nothing was stored.");
      }
    }
  }

  private static void read(
      String header, @Nullable String value, boolean colons, List<Expected> found) {
    if (value == null) {
      return;
    }
    for (String part : value.split(",")) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw unreadable(header);
      }
      Algorithm algorithm =
          switch (part.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
            case "sha-256" -> Algorithm.SHA256;
            case "sha" -> Algorithm.SHA1;
            case "md5" -> Algorithm.MD5;
            default -> null;
          };
      if (algorithm != null) {
        found.add(new Expected(algorithm, hex(header, part.substring(equals + 1).strip(), colons)));
      }
    }
  }

  private static String hex(String header, String text, boolean colons) {
    String base64 = text;
    if (colons) {
      if (text.length() < 2 || !text.startsWith(":") || !text.endsWith(":")) {
        throw unreadable(header);
      }
      base64 = text.substring(1, text.length() - 1);
    }
    try {
      return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw unreadable(header);
    }
  }

  private static Refusal unreadable(String header) {
    return Refusal.invalid(
        header,
        "Header '"
            + header
            + "' is not a list of algorithm=hash in base64"
            + (header.equals("Digest") ? "." : ", between colons."));
  }
}
