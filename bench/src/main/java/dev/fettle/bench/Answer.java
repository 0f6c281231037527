package dev.fettle.bench;

import java.io.IOException;
import java.io.InputStream;

/** An answer as it comes out of a connection. */
final class Answer {

  private Answer() {}

  /** Reads one with a Content-Length and answers its status. */
  static int read(InputStream in) throws IOException {
    String line = line(in);
    int status = Integer.parseInt(line.substring(9, 12));
    long length = 0;
    for (line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Long.parseLong(line.substring(15).strip());
      }
    }
    in.skipNBytes(length);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(80);
    int c;
    while ((c = in.read()) != '\n') {
      if (c < 0) {
        throw new IOException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
