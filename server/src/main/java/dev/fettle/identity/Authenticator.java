package dev.fettle.identity;

import org.jspecify.annotations.Nullable;

/** Turns the {@code Authorization} header of a request into a caller. */
@FunctionalInterface
public interface Authenticator {

  /**
   * The caller whom the access token names.
   *
   * @param authorization the header's value, or null if there was none
   * @throws dev.fettle.base.Refusal with {@code Unauthenticated} and the documented text if the
   *     token is missing or not valid
   */
  Caller authenticate(@Nullable String authorization);

  /**
   * The authority that gives access tokens for this server: the address of this server's own issuer
   * where a person would be signed in, unless another issuer is trusted.
   *
   * @param origin scheme and authority under which the caller reached the server
   */
  default String authority(String origin) {
    return origin + "/common/oauth2/authorize";
  }
}
