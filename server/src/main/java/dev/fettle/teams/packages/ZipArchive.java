package dev.fettle.teams.packages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive in memory, read from its directory. The JDK's readers are lenient where attackers
 * like it (two entries of one name, headers that disagree, sizes that lie), so the hundred lines
 * are ours.
 */
final class ZipArchive {

  static final int MOST_ENTRIES = 1_000;
  static final long MOST_UNPACKED = 64L << 20;
  static final int MOST_RATIO = 100;

  /** Small files may pack better than any sane ratio; a bomb needs more than this. */
  private static final long RATIO_FROM = 1 << 20;

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int DIRECTORY_SIGNATURE = 0x02014b50;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int END_LENGTH = 22;
  private static final int DIRECTORY_LENGTH = 46;
  private static final int LOCAL_LENGTH = 30;

  private record Entry(int method, long crc, int packed, int unpacked, int offset) {}

  private final byte[] bytes;
  private final ByteBuffer zip;
  private final Map<String, Entry> entries;
  private final Set<String> names;

  private ZipArchive(byte[] bytes, ByteBuffer zip, Map<String, Entry> entries, Set<String> names) {
    this.bytes = bytes;
    this.zip = zip;
    this.entries = entries;
    this.names = names;
  }

  /**
   * Reads the directory. An entry that is not to be trusted is a finding and cannot be read; null,
   * with a finding, if the archive as a whole is not.
   */
  static @Nullable ZipArchive open(byte[] bytes, Findings findings) {
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = end(zip);
    if (end < 0) {
      return broken(findings, "The body is not a zip archive.");
    }
    int count = zip.getShort(end + 10) & 0xffff;
    long directoryLength = zip.getInt(end + 12) & 0xffffffffL;
    long directory = zip.getInt(end + 16) & 0xffffffffL;
    if (zip.getShort(end + 4) != 0
        || zip.getShort(end + 6) != 0
        || (zip.getShort(end + 8) & 0xffff) != count) {
      return broken(findings, "The archive is split over several files.");
    }
    if (count > MOST_ENTRIES) {
      findings.add(
          "Package_TooManyEntries",
          "package",
          "The archive has %d entries; at most %d are taken.".formatted(count, MOST_ENTRIES));
      return null;
    }
    if (directory + directoryLength > end) {
      return broken(findings, "The archive's directory lies outside of it.");
    }
    return directory(
        bytes, zip, (int) directory, (int) (directory + directoryLength), count, findings);
  }

  private static @Nullable ZipArchive directory(
      byte[] bytes, ByteBuffer zip, int from, int until, int count, Findings findings) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Set<String> files = new LinkedHashSet<>();
    Set<String> names = new HashSet<>();
    Set<Integer> offsets = new HashSet<>();
    long total = 0;
    int at = from;
    for (int i = 0; i < count; i++) {
      if (at + DIRECTORY_LENGTH > until || zip.getInt(at) != DIRECTORY_SIGNATURE) {
        return broken(findings, "The archive's directory is cut off.");
      }
      int flags = zip.getShort(at + 8);
      int method = zip.getShort(at + 10) & 0xffff;
      long crc = zip.getInt(at + 16) & 0xffffffffL;
      long packed = zip.getInt(at + 20) & 0xffffffffL;
      long unpacked = zip.getInt(at + 24) & 0xffffffffL;
      int nameLength = zip.getShort(at + 28) & 0xffff;
      int next =
          at
              + DIRECTORY_LENGTH
              + nameLength
              + (zip.getShort(at + 30) & 0xffff)
              + (zip.getShort(at + 32) & 0xffff);
      long offset = zip.getInt(at + 42) & 0xffffffffL;
      if (next > until) {
        return broken(findings, "The archive's directory is cut off.");
      }
      String name = name(bytes, at + DIRECTORY_LENGTH, nameLength);
      at = next;
      if (name == null) {
        return broken(findings, "An entry's name is not UTF-8.");
      }
      String trick = trick(name);
      if (trick != null) {
        findings.add("Package_EntryPath", printable(name), "The entry's path " + trick + ".");
        continue;
      }
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        findings.add(
            "Package_DuplicateEntry", printable(name), "The archive has this entry twice.");
        continue;
      }
      if (!name.endsWith("/")) {
        files.add(name);
      }
      if ((flags & 1) != 0) {
        findings.add("Package_Encrypted", printable(name), "The entry is encrypted.");
        continue;
      }
      if (method != 0 && method != 8) {
        findings.add(
            "Package_Compression",
            printable(name),
            "The entry is compressed by method %d; only stored and deflated ones are read."
                .formatted(method));
        continue;
      }
      total += unpacked;
      if (unpacked > MOST_UNPACKED || total > MOST_UNPACKED) {
        findings.add(
            "Package_TooLarge",
            printable(name),
            "The archive unpacks to more than %d bytes.".formatted(MOST_UNPACKED));
        return null;
      }
      if (unpacked > RATIO_FROM && unpacked / Math.max(1, packed) > MOST_RATIO) {
        findings.add(
            "Package_CompressionRatio",
            printable(name),
            "The entry unpacks to more than %d times its size.".formatted(MOST_RATIO));
        continue;
      }
      if (packed > bytes.length
          || offset + LOCAL_LENGTH + nameLength + packed > from
          || !offsets.add((int) offset)) {
        return broken(
            findings,
            "The entry '%s' lies outside of the archive or in another entry."
                .formatted(printable(name)));
      }
      if (!name.endsWith("/")) {
        entries.put(name, new Entry(method, crc, (int) packed, (int) unpacked, (int) offset));
      }
    }
    return new ZipArchive(bytes, zip, entries, files);
  }

  /** The names of the files, of those that cannot be read as well; folders left out. */
  Set<String> names() {
    return names;
  }

  /** The size that a file declares; -1 if there is none that can be read. */
  long size(String name) {
    Entry entry = entries.get(name);
    return entry == null ? -1 : entry.unpacked();
  }

  /** Unpacks one file; null, with a finding, if it is broken or larger than the limit. */
  byte @Nullable [] read(String name, int limit, Findings findings) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no entry " + name);
    }
    if (entry.unpacked() > limit) {
      findings.add(
          "Package_TooLarge",
          name,
          "The file has %d bytes; at most %d are taken.".formatted(entry.unpacked(), limit));
      return null;
    }
    int start = data(name, entry);
    byte[] content = start < 0 ? null : unpack(entry, start);
    if (content == null) {
      findings.add("Package_Broken", name, "The entry is damaged.");
      return null;
    }
    return content;
  }

  /** The begin of an entry's bytes, or -1 if its own header differs from the directory. */
  private int data(String name, Entry entry) {
    int at = entry.offset();
    if (zip.getInt(at) != LOCAL_SIGNATURE
        || (zip.getShort(at + 8) & 0xffff) != entry.method()
        || (zip.getShort(at + 6) & 1) != 0) {
      return -1;
    }
    int nameLength = zip.getShort(at + 26) & 0xffff;
    int start = at + LOCAL_LENGTH + nameLength + (zip.getShort(at + 28) & 0xffff);
    if ((long) start + entry.packed() > bytes.length
        || !name.equals(name(bytes, at + LOCAL_LENGTH, nameLength))) {
      return -1;
    }
    return start;
  }

  private byte @Nullable [] unpack(Entry entry, int start) {
    byte[] content = new byte[entry.unpacked()];
    if (entry.method() == 0) {
      if (entry.packed() != entry.unpacked()) {
        return null;
      }
      System.arraycopy(bytes, start, content, 0, content.length);
    } else {
      Inflater inflater = new Inflater(true);
      try {
        inflater.setInput(bytes, start, entry.packed());
        int done = 0;
        while (done < content.length) {
          int more = inflater.inflate(content, done, content.length - done);
          if (more == 0) {
            return null;
          }
          done += more;
        }
        // A stream that goes on after the declared size is one that lies about it.
        if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
          return null;
        }
      } catch (DataFormatException e) {
        return null;
      } finally {
        inflater.end();
      }
    }
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue() == entry.crc() ? content : null;
  }

  /** The end record: its comment has to end where the archive ends. */
  private static int end(ByteBuffer zip) {
    int last = zip.limit() - END_LENGTH;
    for (int at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (zip.getInt(at) == END_SIGNATURE
          && at + END_LENGTH + (zip.getShort(at + 20) & 0xffff) == zip.limit()) {
        return at;
      }
    }
    return -1;
  }

  private static @Nullable String name(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The fault of a path, or null. */
  private static @Nullable String trick(String name) {
    if (name.isEmpty() || name.length() > 2048) {
      return "is empty or longer than 2048 characters";
    }
    if (name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) {
      return "is absolute or holds a backslash or colon";
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "holds a control character";
    }
    for (String segment : name.split("/")) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return "holds an empty, '.' or '..' segment";
      }
      if (segment.equals("__MACOSX")) {
        return "is in a __MACOSX folder; zip the files without it";
      }
    }
    return null;
  }

  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.chars().limit(100).forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
    return text.toString();
  }

  private static @Nullable ZipArchive broken(Findings findings, String message) {
    findings.add("Package_Broken", "package", message);
    return null;
  }
}
