package dev.fettle.vpp.apps;

import org.jspecify.annotations.Nullable;

/** An app as actions need it: which licences of which vppToken are its. */
public record VppApp(String id, String tokenId, String adamId, String pricing, String platform) {
  /** Whether it is of the type of a cast; any app is of none. */
  public boolean is(@Nullable String cast) {
    return cast == null || cast.equals(platform);
  }
}
