package dev.fettle.ddi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A piece of a file, from its first to its last byte. */
record ByteRange(long first, long last) {
  private static final int MOST = 256;
  private static final Pattern ONE = Pattern.compile("([0-9]{0,18})-([0-9]{0,18})");

  long length() {
    return last - first + 1;
  }

  /**
   * Reads a {@code Range} header. Empty if it is none that counts (another unit, bad form, absurdly
   * many pieces), and then the whole file is answered; a list without entries if none of its pieces
   * lies in the file.
   */
  static Optional<List<ByteRange>> parse(String header, long size) {
    if (!header.startsWith("bytes=")) {
      return Optional.empty();
    }
    String[] specs = header.substring("bytes=".length()).split(",", -1);
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
    return Optional.of(ranges);
  }
}
