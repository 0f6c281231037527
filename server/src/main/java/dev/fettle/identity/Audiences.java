package dev.fettle.identity;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The audiences that mean this server: Graph's own, in each of its clouds, and names that the
 * operator gave. Compared without a final slash.
 */
record Audiences(Set<String> names) {

  /** Graph's roots in the global, both US Government, the Chinese and the former German cloud. */
  static final Audiences GRAPH =
      new Audiences(
          Set.of(
              "https://graph.microsoft.com",
              "https://graph.microsoft.us",
              "https://dod-graph.microsoft.us",
              "https://microsoftgraph.chinacloudapi.cn",
              "https://graph.microsoft.de",
              "00000003-0000-0000-c000-000000000000"));

  Audiences {
    names = Set.copyOf(names);
  }

  /** These and more. */
  Audiences with(Set<String> more) {
    Set<String> all = new HashSet<>(names);
    more.forEach(name -> all.add(plain(name)));
    return new Audiences(all);
  }

  boolean hasOneOf(List<String> audiences) {
    return audiences.stream().anyMatch(this::has);
  }

  /** True if an audience is one of these, however it ends. */
  boolean has(String audience) {
    return names.contains(plain(audience));
  }

  /** An audience as it is compared: without a final slash. */
  static String plain(String audience) {
    return audience.endsWith("/") ? audience.substring(0, audience.length() - 1) : audience;
  }
}
