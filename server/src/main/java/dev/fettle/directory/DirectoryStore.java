package dev.fettle.directory;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The directory's rows. */
final class DirectoryStore {

  private static final String INSERT_USER =
      """
      insert into directory_user (
        tenant_id, user_id, user_principal_name, display_name, given_name, surname, mail,
        mail_nickname, job_title, account_enabled, created_date_time, business_phones, profile)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String USER =
      """
      select user_id, user_principal_name, display_name, given_name, surname, mail,
        mail_nickname, job_title, account_enabled, created_date_time, business_phones, profile
      from directory_user
      where tenant_id = ? and (user_id = ? or user_principal_name_key = lower(?))
      """;

  private static final String UPDATE_USER =
      """
      update directory_user set user_principal_name = ?, display_name = ?, given_name = ?,
        surname = ?, mail = ?, mail_nickname = ?, job_title = ?, account_enabled = ?,
        business_phones = ?, profile = ?
      where tenant_id = ? and user_id = ?
      """;

  private static final String INSERT_CHAT =
      """
      insert into directory_chat (
        tenant_id, chat_id, chat_type, topic, organizer_id, created_date_time,
        last_updated_date_time)
      values (?, ?, ?, ?, ?, ?, ?) on conflict (tenant_id, chat_id) do nothing
      """;

  private static final String INSERT_TEAM =
      """
      insert into directory_team (
        tenant_id, team_id, display_name, description, visibility, created_date_time, settings)
      values (?, ?, ?, ?, ?, ?, ?) on conflict (tenant_id, team_id) do nothing
      """;

  private static final String INSERT_CHANNEL =
      """
      insert into directory_channel (
        tenant_id, team_id, channel_id, display_name, description, is_favorite_by_default,
        is_primary, created_date_time)
      values (?, ?, '19:' || md5(?) || '@thread.tacv2', ?, ?, ?, ?, ?)
      """;

  private static final String INSERT_MEMBER =
      """
      insert into directory_member (
        tenant_id, host_kind, host_id, user_id, member_id, roles, added_date_time)
      select ?, ?, ?, u.user_id,
        replace(encode(convert_to(? || '##' || u.user_id, 'UTF8'), 'base64'), E'\\n', ''), ?, ?
      from directory_user u
      where u.tenant_id = ? and (u.user_id = ? or u.user_principal_name_key = lower(?))
      -- Waits for who is deleting the user, and then finds none.
      for key share
      on conflict (tenant_id, host_kind, host_id, user_id) do nothing
      """;

  private DirectoryStore() {}

  static void insertUser(Tx tx, String tenantId, User user) {
    insertUser(tx, tenantId, user, "");
  }

  /** Leaves a user alone whose id or userPrincipalName is there already. */
  static void seedUser(Tx tx, String tenantId, User user) {
    insertUser(tx, tenantId, user, "on conflict do nothing");
  }

  private static void insertUser(Tx tx, String tenantId, User user, String onConflict) {
    int _ =
        tx.update(
            Sql.of(
                    INSERT_USER,
                    tenantId,
                    user.id(),
                    user.userPrincipalName(),
                    user.displayName(),
                    user.givenName(),
                    user.surname(),
                    user.mail(),
                    user.mailNickname(),
                    user.jobTitle(),
                    user.accountEnabled(),
                    user.createdDateTime(),
                    user.businessPhones(),
                    user.profile())
                .append(onConflict));
  }

  static Optional<User> user(Tx tx, String tenantId, String key) {
    return tx.one(
        Sql.of(USER, tenantId, key, key),
        row ->
            new User(
                row.text("user_id"),
                row.text("user_principal_name"),
                row.textOrNull("display_name"),
                row.textOrNull("given_name"),
                row.textOrNull("surname"),
                row.textOrNull("mail"),
                row.textOrNull("mail_nickname"),
                row.textOrNull("job_title"),
                row.flag("account_enabled"),
                row.time("created_date_time"),
                row.texts("business_phones"),
                (ObjectNode) row.json("profile")));
  }

  static void updateUser(Tx tx, String tenantId, User user) {
    int _ =
        tx.update(
            Sql.of(
                UPDATE_USER,
                user.userPrincipalName(),
                user.displayName(),
                user.givenName(),
                user.surname(),
                user.mail(),
                user.mailNickname(),
                user.jobTitle(),
                user.accountEnabled(),
                user.businessPhones(),
                user.profile(),
                tenantId,
                user.id()));
  }

  /** Deletes an owner and who is in it; false if there was none. */
  static boolean delete(Tx tx, OwnerKind kind, String tenantId, String id) {
    if (kind != OwnerKind.USER) {
      int _ =
          tx.update(
              Sql.of(
                  "delete from directory_member where tenant_id = ? and host_kind = ? and host_id ="
                      + " ?",
                  tenantId,
                  kind.text(),
                  id));
    }
    return tx.update(
            Sql.of(
                "delete from %s where tenant_id = ? and %s = ?"
                    .formatted(kind.table(), kind.column()),
                tenantId,
                id))
        == 1;
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
    return tx.update(Sql.of(INSERT_CHAT, tenantId, id, type, topic, organizerId, now, now)) == 1;
  }

  static boolean retitle(Tx tx, String tenantId, String id, @Nullable String topic, Instant now) {
    return tx.update(
            Sql.of(
                "update directory_chat set topic = ?, last_updated_date_time = ? where tenant_id ="
                    + " ? and chat_id = ?",
                topic,
                now,
                tenantId,
                id))
        == 1;
  }

  static Optional<String> chatType(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(
            "select chat_type from directory_chat where tenant_id = ? and chat_id = ? for update",
            tenantId,
            id),
        row -> row.text("chat_type"));
  }

  /**
   * Adds a team; false if it was there already.
   *
   * @param channels the team's, its primary one first
   */
  static boolean insertTeam(Tx tx, String tenantId, Team team, List<Channel> channels) {
    if (!insertTeam(tx, tenantId, team)) {
      return false;
    }
    for (Channel channel : channels) {
      int _ =
          tx.update(
              Sql.of(
                  INSERT_CHANNEL,
                  tenantId,
                  team.id(),
                  team.id() + "/" + channel.displayName(),
                  channel.displayName(),
                  channel.description(),
                  channel.isFavoriteByDefault(),
                  channel.equals(channels.getFirst()),
                  team.createdDateTime()));
    }
    return true;
  }

  private static boolean insertTeam(Tx tx, String tenantId, Team team) {
    return tx.update(
            Sql.of(
                INSERT_TEAM,
                tenantId,
                team.id(),
                team.displayName(),
                team.description(),
                team.visibility(),
                team.createdDateTime(),
                team.settings()))
        == 1;
  }

  static Optional<Team> team(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(
            "select team_id, display_name, description, visibility, created_date_time, settings"
                + " from directory_team where tenant_id = ? and team_id = ? for update",
            tenantId,
            id),
        row ->
            new Team(
                row.text("team_id"),
                row.text("display_name"),
                row.textOrNull("description"),
                row.text("visibility"),
                row.time("created_date_time"),
                (ObjectNode) row.json("settings")));
  }

  static void updateTeam(Tx tx, String tenantId, Team team) {
    int _ =
        tx.update(
            Sql.of(
                "update directory_team set display_name = ?, description = ?, visibility = ?,"
                    + " settings = ? where tenant_id = ? and team_id = ?",
                team.displayName(),
                team.description(),
                team.visibility(),
                team.settings(),
                tenantId,
                team.id()));
  }

  /** False if there is no such user, or the user is a member already. */
  static boolean insertMember(
      Tx tx, String tenantId, OwnerKind kind, String hostId, Member member, Instant now) {
    return tx.update(
            Sql.of(
                INSERT_MEMBER,
                tenantId,
                kind.text(),
                hostId,
                hostId,
                member.roles(),
                now,
                tenantId,
                member.user(),
                member.user()))
        == 1;
  }

  static Optional<String> memberId(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String user) {
    return tx.one(
        Sql.of(
            """
            select m.member_id from directory_member m
            join directory_user u on u.tenant_id = m.tenant_id and u.user_id = m.user_id
            where m.tenant_id = ? and m.host_kind = ? and m.host_id = ?
              and (u.user_id = ? or u.user_principal_name_key = lower(?))
            """,
            tenantId,
            kind.text(),
            hostId,
            user,
            user),
        row -> row.text("member_id"));
  }

  static boolean updateRoles(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String memberId, List<String> roles) {
    return tx.update(
            Sql.of(
                "update directory_member set roles = ? where tenant_id = ? and host_kind = ? and"
                    + " host_id = ? and member_id = ?",
                roles,
                tenantId,
                kind.text(),
                hostId,
                memberId))
        == 1;
  }

  static boolean deleteMember(
      Tx tx, String tenantId, OwnerKind kind, String hostId, String memberId) {
    return tx.update(
            Sql.of(
                "delete from directory_member where tenant_id = ? and host_kind = ? and host_id = ?"
                    + " and member_id = ?",
                tenantId,
                kind.text(),
                hostId,
                memberId))
        == 1;
  }
}
