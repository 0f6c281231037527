package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/** An app as actions need it, with the vppToken and the asset that its licences are of. */
record VppApp(String id, String tokenId, String adamId, String pricing, String platform) {
  /** Whether it is of the type of a cast; any app is of none. */
  boolean is(@Nullable String cast) {
    return cast == null || cast.equals(platform);
  }
}
