package dev.fettle.ddi;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.updates.AgentActions;
import dev.fettle.updates.Artifact;
import dev.fettle.updates.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files for devices: whole, in pieces, under conditions.
 *
 * <p>That a device has the file is noted just before its last bytes are sent, not after them:
 * otherwise a quick agent's report of success could overtake the note, and would not count.
 */
final class DdiDownloads {
  static final String MD5SUM = ".MD5SUM";

  private static final String OCTETS = "application/octet-stream";
  private static final String BOUNDARY = "fettle-piece-of-file-5f3a0c9e71d24b68";
  private static final int BUFFER = 64 * 1024;
  private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME;

  private final AgentActions actions;
  private final ContentStore contents;

  DdiDownloads(AgentActions actions, ContentStore contents) {
    this.actions = actions;
    this.contents = contents;
  }

  /** Answers GET and HEAD of one file, or of its {@code .MD5SUM}. */
  Response answer(Request request, AuthenticatedDevice device, int moduleNumber, String fileName) {
    List<Artifact> artifacts = actions.artifacts(device, moduleNumber);
    Optional<Artifact> exact = named(artifacts, fileName);
    if (exact.isPresent()) {
      return file(request, device, exact.get());
    }
    if (fileName.endsWith(MD5SUM)) {
      String name = fileName.substring(0, fileName.length() - MD5SUM.length());
      Optional<Artifact> summed = named(artifacts, name);
      if (summed.isPresent()) {
        String text = summed.get().content().md5() + "  " + name + "\n";
        return Response.text(200, "text/plain", text);
      }
    }
    throw Refusal.notFound("There is no such file for this device.");
  }

  private static Optional<Artifact> named(List<Artifact> artifacts, String fileName) {
    return artifacts.stream().filter(artifact -> artifact.fileName().equals(fileName)).findFirst();
  }

  private Response file(Request request, AuthenticatedDevice device, Artifact artifact) {
    String tag = "\"" + artifact.content().sha1() + "\"";
    Instant changed = artifact.created().truncatedTo(ChronoUnit.SECONDS);
    checkMatch(request.header("If-Match"), tag);
    Headers headers =
        Headers.of(
            "ETag",
            tag,
            "Last-Modified",
            HTTP_DATE.format(ZonedDateTime.ofInstant(changed, ZoneOffset.UTC)),
            "Accept-Ranges",
            "bytes",
            "Content-Disposition",
            "attachment;filename*=UTF-8''" + extended(artifact.fileName()));
    String known = request.header("If-None-Match");
    if (known != null && names(known.replace("W/", ""), tag)) {
      if (!known.strip().equals("*")) {
        // The device has these very bytes already, so it may go on and install them.
        actions.downloaded(device, artifact, false);
      }
      return new Response(304, headers, new Response.None());
    }
    long size = artifact.content().size();
    boolean head = request.method().equals("HEAD");
    String range = head ? null : request.header("Range");
    boolean pieces = range != null && holds(request.header("If-Range"), tag, changed);
    List<ByteRange> ranges =
        pieces && range != null ? ByteRange.parse(range, size).orElse(null) : null;
    if (ranges == null) {
      return new Response(200, headers.with("Content-Type", OCTETS), whole(device, artifact, head));
    }
    if (ranges.isEmpty()) {
      if (range != null && ByteRange.asksForMoreThanAll(range, size)) {
        // It kept the file from an earlier action, takes this answer for "done" and installs.
        actions.downloaded(device, artifact, false);
      }
      throw new Refusal(
          new Reason.RangeNotSatisfiable(
              size, "The range lies outside the file's " + size + " bytes."));
    }
    if (ranges.size() == 1) {
      ByteRange one = ranges.getFirst();
      return new Response(
          206,
          headers.with("Content-Type", OCTETS).with("Content-Range", contentRange(one, size)),
          new Response.Stream(
              one.length(), out -> send(out, device, artifact, one, one.last() == size - 1)));
    }
    return new Response(
        206,
        headers.with("Content-Type", "multipart/byteranges; boundary=" + BOUNDARY),
        multipart(device, artifact, ranges));
  }

  private Response.Body whole(AuthenticatedDevice device, Artifact artifact, boolean head) {
    long size = artifact.content().size();
    if (size == 0) {
      if (!head) {
        actions.downloaded(device, artifact, true);
      }
      return new Response.Bytes(new byte[0]);
    }
    ByteRange all = new ByteRange(0, size - 1);
    return new Response.Stream(
        size, out -> copy(out, artifact, all, () -> actions.downloaded(device, artifact, true)));
  }

  private void send(
      OutputStream out,
      AuthenticatedDevice device,
      Artifact artifact,
      ByteRange range,
      boolean last)
      throws IOException {
    copy(out, artifact, range, last ? () -> actions.downloaded(device, artifact, false) : () -> {});
  }

  private Response.Body multipart(
      AuthenticatedDevice device, Artifact artifact, List<ByteRange> ranges) {
    long size = artifact.content().size();
    List<byte[]> heads = new ArrayList<>();
    long length = 0;
    for (ByteRange range : ranges) {
      byte[] head =
          ("\r\n--"
                  + BOUNDARY
                  + "\r\nContent-Type: "
                  + OCTETS
                  + "\r\nContent-Range: "
                  + contentRange(range, size)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      heads.add(head);
      length += head.length + range.length();
    }
    byte[] end = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    return new Response.Stream(
        length + end.length,
        out -> {
          for (int i = 0; i < ranges.size(); i++) {
            out.write(heads.get(i));
            // Devices that fetch differences only never ask for the end; any piece is a download.
            send(out, device, artifact, ranges.get(i), i == ranges.size() - 1);
          }
          out.write(end);
        });
  }

  private void copy(OutputStream out, Artifact artifact, ByteRange range, Runnable beforeLast)
      throws IOException {
    try (InputStream in = contents.open(artifact.content().sha256(), range.first())) {
      byte[] buffer = new byte[(int) Math.min(BUFFER, range.length())];
      long left = range.length();
      while (left > 0) {
        int wanted = (int) Math.min(buffer.length, left);
        int count = in.readNBytes(buffer, 0, wanted);
        if (count < wanted) {
          throw new IOException("the stored file is shorter than it was");
        }
        left -= count;
        if (left == 0) {
          beforeLast.run();
        }
        out.write(buffer, 0, count);
      }
    }
  }

  private static String contentRange(ByteRange range, long size) {
    return "bytes " + range.first() + "-" + range.last() + "/" + size;
  }

  /** A name as the value of an extended parameter, which holds less than a path (RFC 8187). */
  private static String extended(String name) {
    return Request.encode(name).replace(":", "%3A").replace("@", "%40");
  }

  private static void checkMatch(@Nullable String condition, String tag) {
    if (condition != null && !names(condition, tag)) {
      throw new Refusal(new Reason.PreconditionFailed("The file is another one by now."));
    }
  }

  /** Answers if a list of tags names this one, with or without quotes, or is a star. */
  private static boolean names(String tags, String tag) {
    return tags.strip().equals("*")
        || Arrays.stream(tags.split(",", -1))
            .map(String::strip)
            .anyMatch(one -> one.equals(tag) || ("\"" + one + "\"").equals(tag));
  }

  /** Answers if a range may be sent: the device's copy is of this very file. */
  private static boolean holds(@Nullable String condition, String tag, Instant changed) {
    if (condition == null) {
      return true;
    }
    String text = condition.strip();
    if (text.startsWith("\"")) {
      return text.equals(tag);
    }
    try {
      return ZonedDateTime.parse(text, HTTP_DATE).toInstant().equals(changed);
    } catch (DateTimeParseException e) {
      // A weak tag, or no date: then the whole file is the safe answer.
      return false;
    }
  }
}
