package dev.fettle.ddi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A piece of a file, from its first to its last byte. */
record ByteRange(long first, long last) {
  private static final int MOST = 256;
  private static final String UNIT = "bytes=";
  private static final Pattern ONE = Pattern.compile("([0-9]{0,18})-([0-9]{0,18})");

  long length() {
    return last - first + 1;
  }

  /**
   * Reads a {@code Range} header. Empty if it is none that counts (another unit, bad form, absurdly
   * many pieces, or more bytes than the file has), and then the whole file is answered; a list
   * without entries if none of its pieces lies in the file.
   */
  static Optional<List<ByteRange>> parse(String header, long size) {
    if (!header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
      return Optional.empty();
    }
    String[] specs = header.substring(UNIT.length()).split(",", -1);
    if (specs.length > MOST) {
      return Optional.empty();
    }
    List<ByteRange> ranges = new ArrayList<>();
    for (String spec : specs) {
      Matcher matcher = ONE.matcher(spec.strip());
      if (!matcher.matches()) {
        return Optional.empty();
      }
      String from = matcher.group(1);
      String to = matcher.group(2);
      if (from.isEmpty() && to.isEmpty()) {
        return Optional.empty();
      }
      if (from.isEmpty()) {
        long count = Math.min(Long.parseLong(to), size);
        if (count > 0) {
          ranges.add(new ByteRange(size - count, size - 1));
        }
        continue;
      }
      long first = Long.parseLong(from);
      long last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
      if (!to.isEmpty() && Long.parseLong(to) < first) {
        return Optional.empty();
      }
      if (first < size) {
        ranges.add(new ByteRange(first, last));
      }
    }
    // Pieces that overlap would make a small request into an answer of many times the file.
    long asked = ranges.stream().mapToLong(ByteRange::length).sum();
    return asked > size ? Optional.empty() : Optional.of(ranges);
  }

  /**
   * Answers if a header asks for what follows the file's last byte: so does a device that has all
   * of it and goes on with its download.
   */
  static boolean asksForMoreThanAll(String header, long size) {
    return header.regionMatches(true, 0, UNIT, 0, UNIT.length())
        && header.substring(UNIT.length()).strip().equals(size + "-");
  }
}
