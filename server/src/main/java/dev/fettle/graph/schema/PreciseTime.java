package dev.fettle.graph.schema;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Points in time as text that keeps Graph's 100 ns, which timestamptz does not.
 *
 * <p>The stored form is always {@code 2026-11-21T08:15:30.1234567Z}: UTC, seven digits, years 0001
 * to 9999, so that text order is time order. The printed form has only the digits that are needed.
 */
public final class PreciseTime {

  private static final int STORED_LENGTH = 28;

  private PreciseTime() {}

  /**
   * The stored form of an RFC 3339 text with any offset and any number of digits, the eighth and
   * later cut off; a text without offset is UTC. Null if it is no such text.
   */
  public static @Nullable String parse(String text) {
    int length = text.length();
    if (length < 16 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return null;
    }
    char separator = text.charAt(10);
    if (separator != 'T' && separator != 't') {
      return null;
    }
    try {
      int at = 16;
      int second = 0;
      int ticks = 0;
      if (at < length && text.charAt(at) == ':') {
        second = digits(text, 17, 19);
        at = 19;
        if (at < length && text.charAt(at) == '.') {
          int end = at + 1;
          while (end < length && isDigit(text.charAt(end))) {
            end++;
          }
          if (end == at + 1) {
            return null;
          }
          String fraction = (text.substring(at + 1, Math.min(end, at + 8)) + "000000");
          ticks = Integer.parseInt(fraction.substring(0, 7));
          at = end;
        }
      }
      if (text.charAt(13) != ':') {
        return null;
      }
      LocalDateTime local =
          LocalDateTime.of(
              digits(text, 0, 4),
              digits(text, 5, 7),
              digits(text, 8, 10),
              digits(text, 11, 13),
              digits(text, 14, 16),
              second,
              ticks * 100);
      ZoneOffset offset = ZoneOffset.UTC;
      String zone = text.substring(at);
      if (!zone.isEmpty() && !zone.equals("Z") && !zone.equals("z")) {
        if (zone.length() != 6 || zone.charAt(3) != ':' || "+-".indexOf(zone.charAt(0)) < 0) {
          return null;
        }
        int hours = digits(zone, 1, 3);
        int minutes = digits(zone, 4, 6);
        int sign = zone.charAt(0) == '-' ? -1 : 1;
        offset = ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
      }
      Instant instant = local.toInstant(offset);
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      return year < 1 || year > 9999 ? null : of(instant);
    } catch (DateTimeException | IndexOutOfBoundsException e) {
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

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        throw new DateTimeException("not a digit");
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
