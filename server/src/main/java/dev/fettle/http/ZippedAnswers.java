package dev.fettle.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Zips answers for clients that take them so. Small ones go as they are: they fit in one packet
 * either way.
 */
public final class ZippedAnswers {
  private static final int SMALLEST = 2048;

  private ZippedAnswers() {}

  /** The answer as the client of a request wants it, zipped or as it is. */
  public static Response fit(Request request, Response answer) {
    if (!(answer.body() instanceof Response.Bytes(byte[] bytes))
        || bytes.length < SMALLEST
        || answer.headers().first("Content-Encoding") != null
        || !isText(answer.headers().first("Content-Type"))
        || !accepted(request.headers())) {
      return answer;
    }
    return new Response(
        answer.status(),
        answer.headers().with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding"),
        new Response.Bytes(zip(bytes)));
  }

  private static boolean isText(@Nullable String type) {
    return type != null
        && (type.startsWith("application/json")
            || type.startsWith("application/xml")
            || type.startsWith("text/"));
  }

  /** True if gzip is named, or everything is, and not with the weight 0. */
  private static boolean accepted(Headers headers) {
    boolean any = false;
    for (String value : headers.all("Accept-Encoding")) {
      for (String item : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = item.strip().split("\\s*;\\s*", 2);
        boolean refused = parts.length > 1 && parts[1].matches("q=0(\\.0*)?");
        if (parts[0].equals("gzip") || parts[0].equals("x-gzip")) {
          return !refused;
        }
        any |= parts[0].equals("*") && !refused;
      }
    }
    return any;
  }

  private static byte[] zip(byte[] bytes) {
    ByteArrayOutputStream sink = new ByteArrayOutputStream(bytes.length / 4);
    try (GZIPOutputStream out = new Quick(sink)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory failed", e);
    }
    return sink.toByteArray();
  }

  /** The lightest compression: JSON of many like entities becomes small by it already. */
  private static final class Quick extends GZIPOutputStream {
    Quick(ByteArrayOutputStream sink) throws IOException {
      super(sink, 4096);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
