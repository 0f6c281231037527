package dev.fettle.directory;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;
import java.util.Map;
import java.util.Set;

/** Users, chats, teams and what belongs to them as they are read. */
public final class DirectoryResources {

  /** Members of a profile that Graph shows without being asked. */
  private static final Set<String> USUAL_PROFILE =
      Set.of("mobilePhone", "officeLocation", "preferredLanguage");

  static final Resource USERS = users().build();

  /** Users as a list of directory objects of any type shows them. */
  static final Resource GROUP_USERS = users().typed().build();

  /** Of all groups, those of teams are here. */
  static final Resource GROUPS =
      Resource.of("microsoft.graph.group")
          .from("directory_team t")
          .key("id", "team_id")
          .time("createdDateTime", "created_date_time")
          .text("description", "description")
          .text("displayName", "display_name")
          .texts("groupTypes", "array['Unified']")
          .flag("mailEnabled", "true")
          .text("mailNickname", "regexp_replace(t.display_name, '[^A-Za-z0-9]', '', 'g')")
          .time("renewedDateTime", "created_date_time")
          .texts("resourceProvisioningOptions", "array['Team']")
          .flag("securityEnabled", "false")
          .text("visibility", "upper(left(t.visibility, 1)) || substr(t.visibility, 2)")
          .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  static final Resource CHANNELS =
      Resource.of("microsoft.graph.channel")
          .from("directory_channel t")
          .key("id", "channel_id")
          .time("createdDateTime", "created_date_time")
          .text("description", "description")
          .text("displayName", "display_name")
          .flag("isFavoriteByDefault", "is_favorite_by_default")
          .enumeration("membershipType", "'standard'")
          .text("tenantId", "tenant_id")
          .options(Option.FILTER, Option.SELECT, Option.COUNT)
          .orderBy("createdDateTime")
          .page(100, 999, AboveMaximum.CAP)
          .build();

  /** The operation by which a team was made, which has succeeded since there is the team. */
  static final Resource TEAM_OPERATIONS =
      Resource.of("microsoft.graph.teamsAsyncOperation")
          .from("directory_team t")
          .key("id", "team_id")
          .integer("attemptsCount", "1")
          .time("createdDateTime", "created_date_time")
          .time("lastActionDateTime", "created_date_time")
          .enumeration("operationType", "'createTeam'")
          .enumeration("status", "'succeeded'")
          .text("targetResourceId", "team_id")
          .text("targetResourceLocation", "'/teams(''' || t.team_id || ''')'")
          .entityOptions(Option.SELECT)
          .build();

  /** The last message of a chat: there are no messages. */
  private static final Resource MESSAGE_PREVIEWS =
      Resource.of("microsoft.graph.chatMessageInfo")
          .from("directory_chat t")
          .key("id", "chat_id")
          .time("createdDateTime", "null::timestamptz")
          .build();

  static final Resource MEMBERS = members("true");

  private static final Resource CHAT_MEMBERS = members("t.host_kind = 'chat'");

  /** The settings of a team as Teams makes them. */
  private static final Map<String, String> USUAL_SETTINGS =
      Map.of(
          "discoverySettings",
          """
          {"showInTeamsSearchAndSuggestions":true}\
          """,
          "funSettings",
          """
          {"allowGiphy":true,"giphyContentRating":"moderate",
          "allowStickersAndMemes":true,"allowCustomMemes":true}\
          """,
          "guestSettings",
          """
          {"allowCreateUpdateChannels":false,"allowDeleteChannels":false}\
          """,
          "memberSettings",
          """
          {"allowCreateUpdateChannels":true,"allowCreatePrivateChannels":true,
          "allowDeleteChannels":true,"allowAddRemoveApps":true,
          "allowCreateUpdateRemoveTabs":true,"allowCreateUpdateRemoveConnectors":true}\
          """,
          "messagingSettings",
          """
          {"allowUserEditMessages":true,"allowUserDeleteMessages":true,
          "allowOwnerDeleteMessages":true,"allowTeamMentions":true,
          "allowChannelMentions":true}\
          """);

  static final Resource TEAMS = teams();

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

  private static Resource teams() {
    Resource.Builder teams =
        Resource.of("microsoft.graph.team")
            .from("directory_team t")
            .key("id", "team_id")
            .text("displayName", "display_name")
            .text("description", "description")
            .text("tenantId", "tenant_id")
            .enumeration("visibility", "visibility")
            .time("createdDateTime", "created_date_time")
            .flag("isArchived", "false");
    for (String name : DirectoryJson.TEAM_SETTINGS) {
      String usual = USUAL_SETTINGS.get(name);
      teams.json(name, "('%s'::jsonb || coalesce(t.settings->'%s', '{}'))".formatted(usual, name));
    }
    return teams
        .onlyWhenSelected("firstChannelName")
        .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
        .page(100, 999, AboveMaximum.CAP)
        .build();
  }

  private static Resource.Builder users() {
    Resource.Builder users =
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
            .texts("businessPhones", "business_phones")
            .flag("accountEnabled", "account_enabled")
            .time("createdDateTime", "created_date_time")
            .onlyWhenSelected(
                "accountEnabled", "createdDateTime", "mailNickname", "passwordProfile")
            .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
            .page(100, 999, AboveMaximum.CAP);
    for (String name : DirectoryJson.PROFILE) {
      String kept = "t.profile->>'" + name + "'";
      users.text(name, name.equals("userType") ? "coalesce(" + kept + ", 'Member')" : kept);
      if (!USUAL_PROFILE.contains(name)) {
        users.onlyWhenSelected(name);
      }
    }
    return users;
  }

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

  /** Chats, without what other capabilities know of them; those add it. */
  public static Resource.Builder chats() {
    return Resource.of("microsoft.graph.chat")
        .from("directory_chat t")
        .key("id", "chat_id")
        .enumeration("chatType", "chat_type")
        .text("topic", "topic")
        .text("tenantId", "tenant_id")
        .time("createdDateTime", "created_date_time")
        .time("lastUpdatedDateTime", "last_updated_date_time")
        .json(
            "onlineMeetingInfo",
            """
            (case when t.chat_type = 'meeting' then jsonb_build_object(
              'calendarEventId', null, 'joinWebUrl', null, 'organizer', jsonb_build_object(
                '@odata.type', '#microsoft.graph.teamworkUserIdentity', 'id', t.organizer_id,
                'displayName', null, 'userIdentityType', 'aadUser')) end)\
            """)
        .inline("lastMessagePreview", () -> MESSAGE_PREVIEWS, "false")
        .toMany("members", () -> CHAT_MEMBERS, "chat_id", "host_id")
        .options(
            Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT, Option.ORDERBY)
        .page(50, 999, AboveMaximum.CAP);
  }
}
