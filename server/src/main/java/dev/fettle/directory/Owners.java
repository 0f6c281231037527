package dev.fettle.directory;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds users, chats and teams, and who is in them. Safe for concurrent use. */
public final class Owners {

  private static final Sql BY_NAME =
      Sql.of(
          """
          (select w.user_id as owner_id from directory_user w
          where w.tenant_id = :tenantId and w.user_principal_name_key = lower(:ownerKey))
          """);
  private static final Map<OwnerKind, Sql> BY_ID =
      OwnerKind.each(
          """
          (select w.ID as owner_id from TABLE w where w.tenant_id = :tenantId and w.ID = :ownerKey)
          """);
  private static final Sql ID = Sql.of(":ownerKey::text");
  private static final Sql OWNER = Sql.of("select o.owner_id from ");
  private static final Sql WITH_USER =
      Sql.of(
          """
          select o.owner_id, u.owner_id as user_id, coalesce(
              o.owner_id = u.owner_id or exists (
                select 1 from directory_member m
                where m.tenant_id = :tenantId and m.host_kind = :hostKind
                  and m.host_id = o.owner_id and m.user_id = u.owner_id), false) as included
          from
          """);
  private static final Sql WITH_MEMBERS =
      Sql.of(
          """
          select o.owner_id, array(
              select m.user_id from directory_member m
              where m.tenant_id = :tenantId and m.host_kind = :hostKind
                and m.host_id = o.owner_id
              order by m.user_id) as user_ids
          from
          """);
  private static final Sql MEMBER =
      Sql.of(
          """
          select m.user_id from directory_member m
          where m.tenant_id = :tenantId and m.host_kind = :hostKind and m.host_id = :hostId
            and m.user_id =
          """);

  private Owners() {}

  /**
   * An owner and a user.
   *
   * @param userId the user, or null if there is none of that name
   * @param included true if the user is the owner or one of its members
   */
  public record WithUser(String ownerId, @Nullable String userId, boolean included) {}

  /** A chat or team with the ids of all its members. */
  public record WithMembers(String ownerId, List<String> userIds) {
    public WithMembers {
      userIds = List.copyOf(userIds);
    }
  }

  private static boolean isName(OwnerKind kind, String key) {
    // Only a user has more names than one.
    return kind == OwnerKind.USER && key.indexOf('@') >= 0;
  }

  /** A table expression with at most one row, the owner, and its column {@code owner_id}. */
  private static Sql row(OwnerKind kind, String tenantId, String key) {
    return isName(kind, key)
        ? BY_NAME.with("tenantId", tenantId).with("ownerKey", key)
        : Objects.requireNonNull(BY_ID.get(kind))
            .with("tenantId", tenantId)
            .with("ownerKey", Guids.canonical(key));
  }

  /** An expression for the id of an owner, null if there is none; for the scope of a read. */
  public static Sql id(OwnerKind kind, String tenantId, String key) {
    return isName(kind, key) ? row(kind, tenantId, key) : ID.with("ownerKey", Guids.canonical(key));
  }

  /**
   * Locks an owner against deletion until the transaction ends, and answers its id.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  static String hold(Tx tx, OwnerKind kind, String tenantId, String key) {
    return find(tx, kind, tenantId, key, " o for key share of o");
  }

  /**
   * Locks an owner against every change and against those who {@link #hold} it, until the
   * transaction ends, and answers its id.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  static String take(Tx tx, OwnerKind kind, String tenantId, String key) {
    return find(tx, kind, tenantId, key, " o for update of o");
  }

  /**
   * The id of an owner.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none
   */
  public static String require(Tx tx, OwnerKind kind, String tenantId, String key) {
    return find(tx, kind, tenantId, key, " o");
  }

  private static String find(Tx tx, OwnerKind kind, String tenantId, String key, String end) {
    return tx.one(OWNER.append(row(kind, tenantId, key)).append(end), String.class)
        .orElseThrow(() -> missing(kind, key));
  }

  /**
   * The id of a user who belongs to a chat or team.
   *
   * @throws Refusal with {@link Reason.NotFound} for the user, or else for the host, which the user
   *     does not have
   */
  public static String requireMember(
      Tx tx, OwnerKind kind, String tenantId, String key, String userKey) {
    String _ = require(tx, OwnerKind.USER, tenantId, userKey);
    Sql member =
        MEMBER
            .append(id(OwnerKind.USER, tenantId, userKey))
            .with("tenantId", tenantId)
            .with("hostKind", kind)
            .with("hostId", Guids.canonical(key));
    return tx.one(member, String.class).orElseThrow(() -> missing(kind, key));
  }

  /** An owner with one user; nothing if the owner is not there. */
  public static Optional<WithUser> withUser(
      Tx tx, OwnerKind kind, String tenantId, String key, String userKey) {
    Sql sql =
        WITH_USER
            .append(row(kind, tenantId, key))
            .append(" o left join ")
            .append(row(OwnerKind.USER, tenantId, userKey))
            .append(" u on true");
    return tx.one(sql.with("tenantId", tenantId).with("hostKind", kind), WithUser.class);
  }

  /** A chat or team with all its members; nothing if it is not there. */
  public static Optional<WithMembers> withMembers(
      Tx tx, OwnerKind kind, String tenantId, String key) {
    Sql sql = WITH_MEMBERS.append(row(kind, tenantId, key)).append(" o");
    return tx.one(sql.with("tenantId", tenantId).with("hostKind", kind), WithMembers.class);
  }

  /** The refusal of an owner that is not there, in the words of the Teams service. */
  public static Refusal missing(OwnerKind kind, String key) {
    return Refusal.notFound(notFound(kind, key));
  }

  static String notFound(OwnerKind kind, String key) {
    return switch (kind) {
      case USER -> "User Id '%s' not found.".formatted(key);
      case CHAT -> "Chat with id '%s' not found.".formatted(key);
      case TEAM -> "No team found with Group Id '%s'.".formatted(key);
    };
  }

  /**
   * The signed-in user's id, for a path below {@code /me}.
   *
   * @throws Refusal with {@link Reason.Invalid} if an app calls by itself
   */
  public static String me(Caller caller) {
    String user = caller.userId();
    if (user == null) {
      throw Refusal.invalid(null, "/me request is only valid with delegated authentication flow.");
    }
    return user;
  }
}
