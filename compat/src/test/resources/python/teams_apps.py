import asyncio
import json

from fettle import beta, refusal, url, v1
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.chats.item.installed_apps.item.upgrade.upgrade_post_request_body import (
    UpgradePostRequestBody as ChatUpgrade,
)
from msgraph.generated.chats.item.installed_apps.installed_apps_request_builder import InstalledAppsRequestBuilder
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.teams_app_permission_set import TeamsAppPermissionSet
from msgraph.generated.models.teams_app_resource_specific_permission import (
    TeamsAppResourceSpecificPermission as Permission,
)
from msgraph.generated.models.teams_app_resource_specific_permission_type import (
    TeamsAppResourceSpecificPermissionType as Kind,
)
from msgraph.generated.models.user_scope_teams_app_installation import UserScopeTeamsAppInstallation
from msgraph.generated.teams.item.installed_apps.item.upgrade.upgrade_post_request_body import (
    UpgradePostRequestBody as TeamUpgrade,
)

USER = "5b649834-7412-4cce-9e69-176e95a394f5"
CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2"
TEAM = "20988f0f-a647-42f6-be30-79e04de3c2ed"
SAMPLE = "12345678-9abc-def0-123456789a"
Query = InstalledAppsRequestBuilder.InstalledAppsRequestBuilderGetQueryParameters


async def main():
    graph = v1()
    in_user = graph.users.by_user_id(USER).teamwork.installed_apps
    in_chat = graph.chats.by_chat_id(CHAT).installed_apps
    in_team = graph.teams.by_team_id(TEAM).installed_apps
    expanded = RequestConfiguration(query_parameters=Query(expand=["teamsApp", "teamsAppDefinition"]))
    seen = {}

    async def send(request):
        await graph.request_adapter.send_no_response_content_async(request, {"XXX": ODataError})

    # Answered without a body, as documented, which the builder's own method takes for nothing.
    add = UserScopeTeamsAppInstallation(
        additional_data={"teamsApp@odata.bind": f"{url}/v1.0/appCatalogs/teamsApps/{SAMPLE}"})
    await in_user.post(add)
    seen["again"] = await refusal(in_user.post(add))
    installed = (await in_user.get(expanded)).value
    added = next(one for one in installed if one.teams_app.id == SAMPLE)
    seen["version"] = added.teams_app_definition.version
    await send(RequestInformation(
        Method.POST, "{+baseurl}/users/{user}/teamwork/installedApps/{app}/upgrade", {"user": USER, "app": added.id}))
    await in_user.by_user_scope_teams_app_installation_id(added.id).delete()
    seen["left"] = len(installed) - len((await in_user.get()).value)

    chat = (await in_chat.get(expanded)).value[0]
    await in_chat.by_teams_app_installation_id(chat.id).upgrade.post(ChatUpgrade())
    team = (await in_team.get(expanded)).value[0]
    await in_team.by_teams_app_installation_id(team.id).upgrade.post(TeamUpgrade())
    seen["chat"], seen["team"] = chat.teams_app.display_name, team.teams_app.display_name
    wrong = in_chat.by_teams_app_installation_id("0d820ecd-def2-4297-adad-78056cde7c78")
    seen["wrong"] = await refusal(wrong.upgrade.post(ChatUpgrade()))
    upgrade = in_chat.by_teams_app_installation_id(chat.id).upgrade
    online = Permission(permission_value="OnlineMeeting.ReadBasic.Chat", permission_type=Kind.Delegated)
    member = Permission(permission_value="ChatMember.Read.Chat", permission_type=Kind.Application)
    for permissions, name in (([online], "misfit"), ([online, member], "consented")):
        consent = TeamsAppPermissionSet(resource_specific_permissions=permissions)
        seen[name] = await refusal(upgrade.post(ChatUpgrade(consented_permission_set=consent)))

    seen["topic"] = (await graph.chats.by_chat_id(CHAT).get()).topic
    seen["members"] = [one.display_name for one in (await graph.chats.by_chat_id(CHAT).members.get()).value]
    seen["name"] = (await graph.users.by_user_id(USER).get()).display_name
    seen["teams"] = [one.display_name for one in (await graph.teams.get()).value]
    seen["catalogue"] = [one.display_name for one in (await beta().app_catalogs.teams_apps.get()).value]
    print(json.dumps(seen))


asyncio.run(main())
