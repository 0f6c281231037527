package dev.fettle.bench;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * A request that is measured.
 *
 * @param name how the page of results calls it, and the argument of the second process
 * @param status what it is expected to be answered with
 * @param request the bytes of the request of a running number
 * @param aim how far its processor time may go
 * @param weight how many of it make as much work as one small read; measurements on one thread send
 *     that many times fewer
 */
record Target(String name, int status, IntFunction<byte[]> request, Aim aim, int weight) {

  /** What a request's processor time is held against. */
  sealed interface Aim {
    /** Nothing: the request is there for others to be held against, or for its figure alone. */
    record None() implements Aim {}

    /** At most so many times that of another request. */
    record Ratio(String bare, double most) implements Aim {}

    /** At most so many milliseconds. */
    record Millis(double most) implements Aim {}
  }

  /** A bare request. */
  static Target bare(String name, int status, IntFunction<byte[]> request) {
    return new Target(name, status, request, new Aim.None(), 1);
  }

  /** A request of the product that is held against a bare one. */
  static Target real(
      String name, int status, IntFunction<byte[]> request, String bare, double most) {
    return new Target(name, status, request, new Aim.Ratio(bare, most), 1);
  }

  /** A read as bytes. */
  static byte[] get(String path, String... headers) {
    return bytes("GET", path, "", headers);
  }

  /** A request with a JSON body as bytes; {@code headers} are whole lines. */
  static byte[] bytes(String method, String path, String body, String... headers) {
    return bytes(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** A request with a body as bytes; {@code headers} are whole lines. */
  static byte[] bytes(String method, String path, String type, byte[] content, String... headers) {
    StringBuilder head = new StringBuilder(200);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: bench\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (content.length > 0) {
      head.append("Content-Type: ")
          .append(type)
          .append("\r\nContent-Length: ")
          .append(content.length)
          .append("\r\n");
    }
    head.append("\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[start.length + content.length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(content, 0, whole, start.length, content.length);
    return whole;
  }
}
