package dev.fettle.agent.ddi;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Where one device finds its own resources: server, tenant and controller id. */
public record DdiAddress(URI server, String tenant, String controllerId) {
  private static final int LONGEST_ID = 256;

  public DdiAddress {
    check(server, tenant);
    if (controllerId.isEmpty() || controllerId.length() > LONGEST_ID) {
      throw new IllegalArgumentException(
          "a controller id has 1 to "
              + LONGEST_ID
              + " characters, this one has "
              + controllerId.length());
    }
  }

  /**
   * Checks what the devices of a site have in common.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static void check(URI server, String tenant) {
    if (DdiJson.uri(server.toString()) == null) {
      throw new IllegalArgumentException(
          "the server has to be an http or https address, but is '" + server + "'");
    }
    if (tenant.isEmpty()) {
      throw new IllegalArgumentException("the tenant is empty");
    }
  }

  /** The address that the device polls. */
  public URI controller() {
    String base = server.toString();
    while (base.endsWith("/")) {
      base = base.substring(0, base.length() - 1);
    }
    return URI.create(base + "/" + segment(tenant) + "/controller/v1/" + segment(controllerId));
  }

  /** An address below the polled one; the parts become one path segment each. */
  public URI below(String... parts) {
    StringBuilder text = new StringBuilder(controller().toString());
    for (String part : parts) {
      text.append('/').append(segment(part));
    }
    return URI.create(text.toString());
  }

  /** Percent-encodes text as one path segment: everything but RFC 3986's unreserved characters. */
  static String segment(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(String.format(Locale.ROOT, "%02X", octet & 0xff));
      }
    }
    // A segment of dots alone would be taken for a step up the path.
    String result = encoded.toString();
    return result.equals(".") ? "%2E" : result.equals("..") ? "%2E%2E" : result;
  }
}
