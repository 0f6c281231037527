package dev.fettle.directory;

import dev.fettle.graph.query.options.Option;
import dev.fettle.graph.query.resources.AboveMaximum;
import dev.fettle.graph.query.resources.Resource;

/** What can be read of the directory. */
public final class DirectoryResources {

  static final Resource USERS =
      Resource.of("microsoft.graph.user")
          .from("directory_user t")
          .key("id", "user_id")
          .text("userPrincipalName", "user_principal_name")
          .text("displayName", "display_name")
          .text("givenName", "given_name")
          .text("surname", "surname")
          .text("mail", "mail")
          .text("mailNickname", "mail_nickname")
          .text("jobTitle", "job_title")
          .flag("accountEnabled", "account_enabled")
          .time("createdDateTime", "created_date_time")
          .onlyWhenSelected("accountEnabled", "createdDateTime", "mailNickname", "passwordProfile")
          .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  static final Resource MEMBERS = members("true");

  private static final Resource CHAT_MEMBERS = members("t.host_kind = 'chat'");

  static final Resource TEAMS =
      Resource.of("microsoft.graph.team")
          .from("directory_team t")
          .key("id", "team_id")
          .text("displayName", "display_name")
          .text("description", "description")
          .text("tenantId", "tenant_id")
          .enumeration("visibility", "visibility")
          .time("createdDateTime", "created_date_time")
          .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  /** Teams as the list of those that a user is associated with shows them. */
  static final Resource ASSOCIATED_TEAMS =
      Resource.of("microsoft.graph.associatedTeamInfo")
          .from("directory_team t")
          .key("id", "team_id")
          .text("displayName", "display_name")
          .text("tenantId", "tenant_id")
          .toOne("team", () -> TEAMS, "n.team_id = t.team_id")
          .options(Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  private DirectoryResources() {}

  private static Resource members(String where) {
    return Resource.of("microsoft.graph.conversationMember")
        .where(where)
        .from(
            """
            (select m.tenant_id, m.host_kind, m.host_id, m.member_id, m.user_id, m.roles,
              u.display_name, coalesce(u.mail, u.user_principal_name) as email,
              '#microsoft.graph.aadUserConversationMember' as type_name
            from directory_member m
            join directory_user u on u.tenant_id = m.tenant_id and u.user_id = m.user_id) t
            """)
        .key("id", "member_id")
        .typeColumn("replace(t.type_name, '#', '')")
        .text("displayName", "display_name")
        .texts("roles", "roles")
        .derived(
            "microsoft.graph.aadUserConversationMember",
            properties ->
                properties
                    .text("userId", "user_id")
                    .text("email", "email")
                    .text("tenantId", "tenant_id"))
        .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT)
        .page(100, 999, AboveMaximum.CAP)
        .build();
  }

  /** Chats, without what other rooms hang on them; those add it. */
  public static Resource.Builder chats() {
    return Resource.of("microsoft.graph.chat")
        .from("directory_chat t")
        .key("id", "chat_id")
        .enumeration("chatType", "chat_type")
        .text("topic", "topic")
        .text("tenantId", "tenant_id")
        .time("createdDateTime", "created_date_time")
        .time("lastUpdatedDateTime", "last_updated_date_time")
        .toMany("members", () -> CHAT_MEMBERS, "chat_id", "host_id")
        .options(
            Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT, Option.ORDERBY)
        .page(50, 999, AboveMaximum.CAP);
  }
}
