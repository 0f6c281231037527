package dev.fettle.identity;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims of an access token, in the words that Fettle uses.
 *
 * @param tid the tenant, in lower case if it is a GUID
 * @param appId the calling app: a claim that differs by version and issuer
 * @param subject the object id, or the subject of issuers that have none
 * @param permissions a user's scopes, or an app's roles
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
    Caller.Kind kind,
    Set<String> permissions) {

  Claims {
    aud = List.copyOf(aud);
    permissions = Set.copyOf(permissions);
  }
}
