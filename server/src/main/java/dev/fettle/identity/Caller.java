package dev.fettle.identity;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request: an app by itself, or a user through an app.
 *
 * @param tenantId the tenant that the access token names; isolates everything
 * @param appId the calling app
 * @param appName the app's display name, if the token has one
 * @param userId the user's object id; null for an app by itself
 * @param userName the user's display name or userPrincipalName, if the token has one
 * @param permissions the token's permissions, as the token spells them
 */
public record Caller(
    String tenantId,
    Kind kind,
    String appId,
    @Nullable String appName,
    @Nullable String userId,
    @Nullable String userName,
    Set<String> permissions) {

  /** The two permission columns of Graph's reference. */
  public enum Kind {
    /** An app by itself: the {@code roles} of the token count. */
    APPLICATION,
    /** A user through an app: the {@code scp} of the token counts. */
    DELEGATED
  }

  /** The same, with the user's name as somebody knows it better than the token. */
  public Caller named(String name) {
    return new Caller(tenantId, kind, appId, appName, userId, name, permissions);
  }

  public Caller {
    permissions = Set.copyOf(permissions);
  }
}
