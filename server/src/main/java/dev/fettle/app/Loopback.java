package dev.fettle.app;

/** Whether a peer is this machine itself. */
final class Loopback {
  private Loopback() {}

  static boolean is(String address) {
    return address.startsWith("127.")
        || address.equals("::1")
        || address.equals("0:0:0:0:0:0:0:1")
        || address.startsWith("::ffff:127.");
  }
}
