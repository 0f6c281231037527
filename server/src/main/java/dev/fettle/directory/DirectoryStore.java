package dev.fettle.directory;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The directory's rows. */
final class DirectoryStore {

  private static final Sql INSERT_USER =
      Sql.of(
          """
          insert into directory_user (
            tenant_id, user_id, user_principal_name, display_name, given_name, surname, mail,
            mail_nickname, job_title, account_enabled, created_date_time, business_phones, profile)
          values (:tenantId, :id, :userPrincipalName, :displayName, :givenName, :surname, :mail,
            :mailNickname, :jobTitle, :accountEnabled, :createdDateTime, :businessPhones, :profile)
          """);

  private static final Sql SEED_USER = INSERT_USER.append("on conflict do nothing");

  private static final Sql USER =
      Sql.of(
          """
          select u.*, u.user_id as id from directory_user u
          where u.tenant_id = :tenantId
            and (u.user_id = :key or u.user_principal_name_key = lower(:key))
          """);

  private static final Sql UPDATE_USER =
      Sql.of(
          """
          update directory_user set user_principal_name = :userPrincipalName,
            display_name = :displayName, given_name = :givenName, surname = :surname, mail = :mail,
            mail_nickname = :mailNickname, job_title = :jobTitle,
            account_enabled = :accountEnabled, business_phones = :businessPhones,
            profile = :profile
          where tenant_id = :tenantId and user_id = :id
          """);

  private static final Sql DELETE_MEMBERS =
      Sql.of(
          """
          delete from directory_member
          where tenant_id = :tenantId and host_kind = :kind and host_id = :id
          """);

  private static final Map<OwnerKind, Sql> DELETE =
      OwnerKind.each("delete from TABLE where tenant_id = :tenantId and ID = :id");

  private static final Sql INSERT_CHAT =
      Sql.of(
          """
          insert into directory_chat (
            tenant_id, chat_id, chat_type, topic, organizer_id, created_date_time,
            last_updated_date_time)
          values (:tenantId, :id, :type, :topic, :organizerId, :now, :now)
          on conflict (tenant_id, chat_id) do nothing
          """);

  private static final Sql RETITLE =
      Sql.of(
          """
          update directory_chat set topic = :topic, last_updated_date_time = :now
          where tenant_id = :tenantId and chat_id = :id
          """);

  private static final Sql CHAT_TYPE =
      Sql.of(
          """
          select chat_type from directory_chat where tenant_id = :tenantId and chat_id = :id
          for update
          """);

  private static final Sql INSERT_TEAM =
      Sql.of(
          """
          insert into directory_team (
            tenant_id, team_id, display_name, description, visibility, created_date_time, settings)
          values (:tenantId, :id, :displayName, :description, :visibility, :createdDateTime,
            :settings)
          on conflict (tenant_id, team_id) do nothing
          """);

  private static final Sql INSERT_CHANNEL =
      Sql.of(
          """
          insert into directory_channel (
            tenant_id, team_id, channel_id, display_name, description, is_favorite_by_default,
            is_primary, created_date_time)
          values (:tenantId, :teamId, '19:' || md5(:teamId || '/' || :displayName) || '@thread.tacv2',
            :displayName, :description, :isFavoriteByDefault, :isPrimary, :createdDateTime)
          """);

  private static final Sql TEAM =
      Sql.of(
          """
          select t.*, t.team_id as id from directory_team t
          where t.tenant_id = :tenantId and t.team_id = :id
          for update
          """);

  private static final Sql UPDATE_TEAM =
      Sql.of(
          """
          update directory_team set display_name = :displayName, description = :description,
            visibility = :visibility, settings = :settings
          where tenant_id = :tenantId and team_id = :id
          """);

  private static final Sql INSERT_MEMBER =
      Sql.of(
          """
          insert into directory_member (
            tenant_id, host_kind, host_id, user_id, member_id, roles, added_date_time)
          select :tenantId, :kind, :hostId, u.user_id,
            replace(encode(convert_to(:hostId || '##' || u.user_id, 'UTF8'), 'base64'), chr(10), ''),
            :roles, :now
          from directory_user u
          where u.tenant_id = :tenantId
            and (u.user_id = :user or u.user_principal_name_key = lower(:user))
          -- Waits for who is deleting the user, and then finds none.
          for key share
          on conflict (tenant_id, host_kind, host_id, user_id) do nothing
          """);

  private static final Sql MEMBER_ID =
      Sql.of(
          """
          select m.member_id from directory_member m
          join directory_user u on u.tenant_id = m.tenant_id and u.user_id = m.user_id
          where m.tenant_id = :tenantId and m.host_kind = :kind and m.host_id = :hostId
            and (u.user_id = :user or u.user_principal_name_key = lower(:user))
          """);

  private static final Sql UPDATE_ROLES =
      Sql.of(
          """
          update directory_member set roles = :roles
          where tenant_id = :tenantId and host_kind = :kind and host_id = :hostId
            and member_id = :memberId
          """);

  private static final Sql DELETE_MEMBER =
      Sql.of(
          """
          delete from directory_member
          where tenant_id = :tenantId and host_kind = :kind and host_id = :hostId
            and member_id = :memberId
          """);

  private DirectoryStore() {}

  static void insertUser(Tx tx, String tenantId, User user) {
    int _ = tx.update(INSERT_USER.with("tenantId", tenantId).with(user));
  }

  /** Leaves a user alone whose id or userPrincipalName is there already. */
  static void seedUser(Tx tx, String tenantId, User user) {
    int _ = tx.update(SEED_USER.with("tenantId", tenantId).with(user));
  }

  static Optional<User> user(Tx tx, String tenantId, String key) {
    return tx.one(USER.with("tenantId", tenantId).with("key", key), User.class);
  }

  static void updateUser(Tx tx, String tenantId, User user) {
    int _ = tx.update(UPDATE_USER.with("tenantId", tenantId).with(user));
  }

  /** Deletes an owner and who is in it; false if there was none. */
  static boolean delete(Tx tx, OwnerKind kind, String tenantId, String id) {
    if (kind != OwnerKind.USER) {
      Sql members = DELETE_MEMBERS.with("tenantId", tenantId).with("kind", kind).with("id", id);
      int _ = tx.update(members);
    }
    Sql owner = Objects.requireNonNull(DELETE.get(kind));
    return tx.update(owner.with("tenantId", tenantId).with("id", id)) == 1;
  }

  /** False if the chat was there already. */
  static boolean insertChat(
      Tx tx,
      String tenantId,
      String id,
      String type,
      @Nullable String topic,
      @Nullable String organizerId,
      Instant now) {
    return tx.update(
            INSERT_CHAT
                .with("tenantId", tenantId)
                .with("id", id)
                .with("type", type)
                .with("topic", topic)
                .with("organizerId", organizerId)
                .with("now", now))
        == 1;
  }

  static void retitle(Tx tx, String tenantId, String id, @Nullable String topic, Instant now) {
    Sql sql = RETITLE.with("tenantId", tenantId).with("id", id);
    int _ = tx.update(sql.with("topic", topic).with("now", now));
  }

  static Optional<String> chatType(Tx tx, String tenantId, String id) {
    return tx.one(CHAT_TYPE.with("tenantId", tenantId).with("id", id), String.class);
  }

  /**
   * Adds a team; false if it was there already.
   *
   * @param channels the team's, its primary one first
   */
  static boolean insertTeam(Tx tx, String tenantId, Team team, List<Channel> channels) {
    if (tx.update(INSERT_TEAM.with("tenantId", tenantId).with(team)) == 0) {
      return false;
    }
    Sql insert = INSERT_CHANNEL.with("tenantId", tenantId).with("teamId", team.id());
    for (Channel channel : channels) {
      int _ =
          tx.update(
              insert
                  .with(channel)
                  .with("isPrimary", channel.equals(channels.getFirst()))
                  .with("createdDateTime", team.createdDateTime()));
    }
    return true;
  }

  static Optional<Team> team(Tx tx, String tenantId, String id) {
    return tx.one(TEAM.with("tenantId", tenantId).with("id", id), Team.class);
  }

  static void updateTeam(Tx tx, String tenantId, Team team) {
    int _ = tx.update(UPDATE_TEAM.with("tenantId", tenantId).with(team));
  }

  private static Sql inHost(Sql sql, String tenantId, OwnerKind kind, String hostId) {
    return sql.with("tenantId", tenantId).with("kind", kind).with("hostId", hostId);
  }

  /** False if there is no such user, or the user is a member already. */
  static boolean insertMember(
      Tx tx, String tenantId, OwnerKind kind, String hostId, Member member, Instant now) {
    Sql sql = inHost(INSERT_MEMBER, tenantId, kind, hostId);
    return tx.update(sql.with(member).with("now", now)) == 1;
  }

  static Optional<String> memberId(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String user) {
    return tx.one(inHost(MEMBER_ID, tenantId, kind, hostId).with("user", user), String.class);
  }

  static boolean updateRoles(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String memberId, List<String> roles) {
    Sql sql = inHost(UPDATE_ROLES, tenantId, kind, hostId);
    return tx.update(sql.with("memberId", memberId).with("roles", roles)) == 1;
  }

  static boolean deleteMember(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String memberId) {
    Sql sql = inHost(DELETE_MEMBER, tenantId, kind, hostId);
    return tx.update(sql.with("memberId", memberId)) == 1;
  }
}
