package dev.fettle.directory;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Finds users, chats and teams, as pieces of SQL for those whose own statement starts from an
 * owner. Safe for concurrent use.
 */
public final class Owners {

  private Owners() {}

  /**
   * A table expression with at most one row, the owner, and its column {@code owner_id}; for a
   * from-clause.
   *
   * @param key the id; for a user the userPrincipalName too
   */
  public static Sql row(OwnerKind kind, String tenantId, String key) {
    return Sql.of(
            "(select w.%s as owner_id from %s w where w.tenant_id = ? and "
                .formatted(kind.column(), kind.table()),
            tenantId)
        .append(is(kind, key))
        .append(")");
  }

  /** An expression for the id of an owner, null if there is none. */
  public static Sql id(OwnerKind kind, String tenantId, String key) {
    // Only a user has more names than one.
    return kind == OwnerKind.USER && key.indexOf('@') >= 0
        ? Sql.of("(select q.owner_id from ").append(row(kind, tenantId, key)).append(" q)")
        : Sql.of("?::text", Guids.kept(key));
  }

  /**
   * An expression that is true if a user is a member of a host, or is the user itself.
   *
   * @param ownerId an SQL expression for the owner's id
   */
  public static Sql includes(
      OwnerKind kind, String tenantId, String ownerId, @Nullable String userId) {
    return switch (kind) {
      case USER -> Sql.of("(%s = ?)".formatted(ownerId), userId);
      case CHAT, TEAM ->
          Sql.of(
              "exists (select 1 from directory_member m where m.tenant_id = ? and m.host_kind = ? and m.host_id = %s and m.user_id = ?)"
                  .formatted(ownerId),
              tenantId,
              kind.text(),
              userId);
    };
  }

  /**
   * A table expression with the members of a chat or team and its column {@code user_id}; for a
   * from-clause.
   *
   * @param ownerId an SQL expression for the owner's id
   */
  public static Sql members(OwnerKind kind, String tenantId, String ownerId) {
    return Sql.of(
        "(select w.user_id from directory_member w where w.tenant_id = ? and w.host_kind = ? and w.host_id = %s)"
            .formatted(ownerId),
        tenantId,
        kind.text());
  }

  /**
   * A table expression with the chats and teams that a user is in and its columns {@code host_kind}
   * and {@code host_id}; for a from-clause.
   */
  public static Sql hosts(String tenantId, String userId) {
    return Sql.of(
        "(select w.host_kind, w.host_id from directory_member w where w.tenant_id = ? and w.user_id"
            + " = ?)",
        tenantId,
        userId);
  }

  /**
   * Locks an owner against deletion until the transaction ends, and answers its id.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  public static String hold(Tx tx, OwnerKind kind, String tenantId, String key) {
    return lock(tx, kind, tenantId, key, " for key share");
  }

  /**
   * Locks an owner against every change and against those who {@link #hold} it, until the
   * transaction ends, and answers its id.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  static String take(Tx tx, OwnerKind kind, String tenantId, String key) {
    return lock(tx, kind, tenantId, key, " for update");
  }

  private static String lock(Tx tx, OwnerKind kind, String tenantId, String key, String strength) {
    return tx.one(
            Sql.of(
                    "select w.%s as owner_id from %s w where w.tenant_id = ? and "
                        .formatted(kind.column(), kind.table()),
                    tenantId)
                .append(is(kind, key))
                .append(strength),
            row -> row.text("owner_id"))
        .orElseThrow(() -> missing(kind, key));
  }

  /**
   * Does nothing if the owner is there.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  public static void require(Tx tx, OwnerKind kind, String tenantId, String key) {
    if (tx.one(
            Sql.of("select owner_id from ").append(row(kind, tenantId, key)).append(" o"),
            row -> true)
        .isEmpty()) {
      throw missing(kind, key);
    }
  }

  /**
   * Does nothing if the user is there and belongs to a chat or team.
   *
   * @throws Refusal with {@link Reason.NotFound} for the user, or else for the host, which the user
   *     does not have
   */
  public static void requireMember(
      Tx tx, OwnerKind kind, String tenantId, String key, String userKey) {
    require(tx, OwnerKind.USER, tenantId, userKey);
    if (tx.one(
            Sql.of(
                    "select m.host_id from directory_member m where m.tenant_id = ? and m.host_kind"
                        + " = ? and m.host_id = ? and m.user_id = ",
                    tenantId,
                    kind.text(),
                    Guids.kept(key))
                .append(id(OwnerKind.USER, tenantId, userKey)),
            row -> true)
        .isEmpty()) {
      throw missing(kind, key);
    }
  }

  /** The refusal of an owner that is not there, in the words of the Teams service. */
  public static Refusal missing(OwnerKind kind, String key) {
    return new Refusal(
        Reason.notFound(
            switch (kind) {
              case USER -> "User Id '%s' not found.".formatted(key);
              case CHAT -> "Chat with id '%s' not found.".formatted(key);
              case TEAM -> "No team found with Group Id '%s'.".formatted(key);
            }));
  }

  /**
   * The signed-in user's id, for a path below {@code /me}.
   *
   * @throws Refusal with {@link Reason.Invalid} if an app calls by itself
   */
  public static String me(Caller caller) {
    String user = caller.userId();
    if (user == null) {
      throw new Refusal(
          Reason.invalid(null, "/me request is only valid with delegated authentication flow."));
    }
    return user;
  }

  private static Sql is(OwnerKind kind, String key) {
    if (kind == OwnerKind.USER && key.indexOf('@') >= 0) {
      return Sql.of("w.user_principal_name_key = lower(?)", key);
    }
    return Sql.of("w.%s = ?".formatted(kind.column()), Guids.kept(key));
  }
}
