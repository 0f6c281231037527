import "@microsoft/msgraph-sdk-chats";
import "@microsoft/msgraph-sdk-teams";
import "@microsoft/msgraph-sdk-users";
import { errors, refusal, request, url, v1 } from "./fettle.mjs";

const user = "5b649834-7412-4cce-9e69-176e95a394f5";
const chat = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";
const team = "20988f0f-a647-42f6-be30-79e04de3c2ed";
const sample = "12345678-9abc-def0-123456789a";
const { adapter, client } = v1();
const inUser = client.users.byUserId(user).teamwork.installedApps;
const inChat = client.chats.byChatId(chat).installedApps;
const inTeam = client.teams.byTeamId(team).installedApps;
const expanded = { queryParameters: { expand: ["teamsApp", "teamsAppDefinition"] } };

// Answered without a body, as documented; the method of the builder insists on one.
const add = inUser.toPostRequestInformation({
  additionalData: { "teamsApp@odata.bind": `${url}/v1.0/appCatalogs/teamsApps/${sample}` },
});
await adapter.sendNoResponseContent(add, errors);
const again = await refusal(() => adapter.sendNoResponseContent(add, errors));
const installed = (await inUser.get(expanded)).value;
const added = installed.find((one) => one.teamsApp.id === sample);
const upgrade = request("POST", "/users/{user}/teamwork/installedApps/{id}/upgrade", { user, id: added.id });
await adapter.sendNoResponseContent(upgrade, errors);
await inUser.byUserScopeTeamsAppInstallationId(added.id).delete();

const chatApps = (await inChat.get(expanded)).value;
await inChat.byTeamsAppInstallationId(chatApps[0].id).upgrade.post({});
const teamApps = (await inTeam.get(expanded)).value;
await inTeam.byTeamsAppInstallationId(teamApps[0].id).upgrade.post({});
const wrong = await refusal(() => inChat.byTeamsAppInstallationId("0d820ecd-def2-4297-adad-78056cde7c78").upgrade.post({}));

console.log(
  JSON.stringify({
    version: added.teamsAppDefinition.version,
    again,
    left: (await inUser.get()).value.length,
    before: installed.length,
    chat: chatApps[0].teamsApp.displayName,
    team: teamApps[0].teamsApp.displayName,
    wrong,
  }),
);
