package dev.fettle.identity;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an access token says, in the words that Fettle uses.
 *
 * @param tid the tenant, in lower case if it is a GUID
 * @param appId the calling app: a claim that differs by version and issuer
 * @param subject the object id, or the subject of issuers that have none
 * @param scopes permissions of a user's token
 * @param roles permissions of an app's token
 * @param appOnly the token says by itself that no user is behind it
 */
record Claims(
    @Nullable String iss,
    List<String> aud,
    @Nullable Instant exp,
    @Nullable Instant nbf,
    @Nullable String tid,
    @Nullable String appId,
    @Nullable String appName,
    @Nullable String subject,
    @Nullable String userName,
    Set<String> scopes,
    Set<String> roles,
    boolean appOnly) {

  Claims {
    aud = List.copyOf(aud);
    scopes = Set.copyOf(scopes);
    roles = Set.copyOf(roles);
  }

  /** Scopes make a token a user's, unless it says otherwise. */
  Caller.Kind kind() {
    return scopes.isEmpty() || appOnly ? Caller.Kind.APPLICATION : Caller.Kind.DELEGATED;
  }
}
