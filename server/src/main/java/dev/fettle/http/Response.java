package dev.fettle.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** One answer: a status code, header fields, a body. Immutable but for a streamed body's source. */
public record Response(int status, Headers headers, Body body) {

  /** The part after the header fields. */
  public sealed interface Body {}

  /** Nothing; {@code Content-Length: 0} is sent where the status allows it. */
  public record None() implements Body {}

  /** Bytes at hand. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Bytes(byte[] bytes) implements Body {}

  /** Bytes of a known number that are written while they are sent. */
  public record Stream(long length, Writer writer) implements Body {}

  /** Writes a streamed body. */
  @FunctionalInterface
  public interface Writer {
    /** Writes all of the announced bytes to the stream and does not close it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** An answer without a body. */
  public static Response empty(int status) {
    return new Response(status, Headers.none(), new None());
  }

  /** An answer with bytes of a media type. */
  public static Response of(int status, String contentType, byte[] bytes) {
    return new Response(status, Headers.of("Content-Type", contentType), new Bytes(bytes));
  }

  /** An answer with text in UTF-8. */
  public static Response text(int status, String contentType, String text) {
    return of(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same answer with these header fields set. */
  public Response with(Headers fields) {
    return new Response(status, headers.with(fields), body);
  }

  /** The same answer with one header field set. */
  public Response with(String name, String value) {
    return new Response(status, headers.with(name, value), body);
  }
}
