package dev.fettle.graph.schema;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Points in time as text that keeps Graph's 100 ns, which timestamptz does not.
 *
 * <p>The stored form is always {@code 2026-11-21T08:15:30.1234567Z}: UTC, seven digits, years 0001
 * to 9999, so that text order is time order. The printed form has only the digits that are needed.
 */
public final class PreciseTime {

  private static final int STORED_LENGTH = 28;

  /** Date, minutes, seconds, seven digits of a fraction, and zone; more digits are passed over. */
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2})"
              + "(?:(:[0-9]{2})(?:(\\.[0-9]{1,7})[0-9]*)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?");

  private PreciseTime() {}

  /**
   * The stored form of an RFC 3339 text with any offset and any number of digits, the eighth and
   * later cut off; a text without offset is UTC. Null if it is no such text.
   */
  public static @Nullable String parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    String seconds = Objects.requireNonNullElse(form.group(3), ":00");
    String fraction = Objects.requireNonNullElse(form.group(4), "");
    String zone = Objects.requireNonNullElse(form.group(5), "Z");
    try {
      Instant instant =
          OffsetDateTime.parse(form.group(1) + "T" + form.group(2) + seconds + fraction + zone)
              .toInstant();
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      return year < 1 || year > 9999 ? null : of(instant);
    } catch (DateTimeException e) {
      return null; // the answer of this method to a text of another form
    }
  }

  /** The stored form; digits beyond 100 ns are cut off. */
  public static String of(Instant instant) {
    LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    char[] out = new char[STORED_LENGTH];
    put(out, 0, 4, utc.getYear());
    out[4] = '-';
    put(out, 5, 2, utc.getMonthValue());
    out[7] = '-';
    put(out, 8, 2, utc.getDayOfMonth());
    out[10] = 'T';
    put(out, 11, 2, utc.getHour());
    out[13] = ':';
    put(out, 14, 2, utc.getMinute());
    out[16] = ':';
    put(out, 17, 2, utc.getSecond());
    out[19] = '.';
    put(out, 20, 7, utc.getNano() / 100);
    out[27] = 'Z';
    return new String(out);
  }

  /** The point in time of a stored form. */
  public static Instant instant(String stored) {
    return Instant.parse(stored);
  }

  /** A stored form as it is printed: without the zeros at the end of the fraction. */
  public static String printed(String stored) {
    if (stored.length() != STORED_LENGTH) {
      return stored;
    }
    int end = 27;
    while (stored.charAt(end - 1) == '0') {
      end--;
    }
    return stored.substring(0, end == 20 ? 19 : end) + "Z";
  }

  /** A point in time as it is printed. */
  public static String printed(Instant instant) {
    return printed(of(instant));
  }

  private static void put(char[] out, int at, int width, int value) {
    int rest = value;
    for (int i = at + width - 1; i >= at; i--) {
      out[i] = (char) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
