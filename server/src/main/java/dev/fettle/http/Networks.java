package dev.fettle.http;

import java.net.InetAddress;
import java.util.List;

/**
 * Networks of addresses, each in the notation of RFC 4632: {@code 192.0.2.0/24}, {@code
 * 2001:db8::/32}, or one address alone. Immutable.
 */
public final class Networks {
  private static final Networks NONE = new Networks(List.of());
  private static final Networks LOOPBACK = parse(List.of("127.0.0.0/8", "::1"));

  private final List<Network> networks;

  private record Network(InetAddress address, int prefix) {
    boolean contains(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] its = other.getAddress();
      if (mine.length != its.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit += Byte.SIZE) {
        int mask = prefix - bit >= Byte.SIZE ? 0xff : (0xff << (Byte.SIZE - (prefix - bit))) & 0xff;
        if (((mine[bit / Byte.SIZE] ^ its[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /** No network at all. */
  public static Networks none() {
    return NONE;
  }

  /** The addresses of this machine to itself. */
  public static Networks loopback() {
    return LOOPBACK;
  }

  /**
   * Reads networks; names of hosts are none.
   *
   * @throws IllegalArgumentException with a sentence that names the text which is no network
   */
  public static Networks parse(List<String> texts) {
    return new Networks(texts.stream().map(Networks::network).toList());
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int bits = address.getAddress().length * Byte.SIZE;
      int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
      if (prefix >= 0 && prefix <= bits) {
        return new Network(address, prefix);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(problem(text), e);
    }
    throw new IllegalArgumentException(problem(text));
  }

  private static String problem(String text) {
    return "'%s' is no network: write it as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7"
        .formatted(text);
  }

  /** True if an address lies in one of them. */
  public boolean contains(InetAddress address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
