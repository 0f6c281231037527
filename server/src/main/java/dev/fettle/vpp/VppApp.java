package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/** An app as actions need it, with the vppToken and the asset that its licences are of. */
record VppApp(String id, String tokenId, String adamId, String pricing, String platform) {
  /** True if it is of the type of a cast, or there is no cast. */
  boolean is(@Nullable String cast) {
    return cast == null || cast.equals(platform);
  }
}
