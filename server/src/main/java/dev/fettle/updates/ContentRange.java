package dev.fettle.updates;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a file that is sent in pieces, as {@code Content-Range} names it.
 *
 * @param first where it begins
 * @param length how many bytes it has; 0 if it only asks how far the file has come
 * @param total how many bytes the whole file has
 */
record ContentRange(long first, long length, long total) {
  private static final Pattern FORM =
      Pattern.compile("bytes (?:([0-9]{1,18})-([0-9]{1,18})|\\*)/([0-9]{1,18})");

  /**
   * Reads {@code bytes 0-99/1000}, or the question {@code bytes *}{@code /1000}.
   *
   * @throws Refusal with {@link Reason.Invalid} for anything else
   */
  static ContentRange parse(String contentRange) {
    Matcher matcher = FORM.matcher(contentRange.strip());
    if (!matcher.matches()) {
      throw invalid(
          "The header 'Content-Range' names first and last byte and the size of the whole file, as"
              + " 'bytes 0-99/1000', or asks how far the file has come, as 'bytes */1000'.");
    }
    long total = Long.parseLong(matcher.group(3));
    if (total == 0) {
      throw invalid("An empty file has no pieces; send it without 'Content-Range'.");
    }
    if (matcher.group(1) == null) {
      return new ContentRange(0, 0, total);
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    if (last < first || last >= total) {
      throw invalid(
          "The header 'Content-Range' names a piece that lies outside of its file of "
              + total
              + " bytes.");
    }
    return new ContentRange(first, last - first + 1, total);
  }

  boolean isQuery() {
    return length == 0;
  }

  private static Refusal invalid(String message) {
    return Refusal.invalid("Content-Range", message);
  }
}
