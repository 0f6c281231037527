package dev.fettle.agent.ddi;

/** What a device proves itself with; never printed. */
public record DdiCredential(String scheme, String token) {
  public DdiCredential {
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("a token is printable ASCII without blanks");
    }
  }

  /** A token that belongs to one device. */
  public static DdiCredential targetToken(String token) {
    return new DdiCredential("TargetToken", token);
  }

  /** A token that speaks for every device of a tenant and may register new ones. */
  public static DdiCredential gatewayToken(String token) {
    return new DdiCredential("GatewayToken", token);
  }

  String header() {
    return scheme + " " + token;
  }

  @Override
  public String toString() {
    return scheme + " ***";
  }
}
