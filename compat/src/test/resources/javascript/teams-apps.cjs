const { client } = require("./fettle.cjs");

const user = "/users/5b649834-7412-4cce-9e69-176e95a394f5/teamwork/installedApps";
const chat = "/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/installedApps";
const team = "/teams/20988f0f-a647-42f6-be30-79e04de3c2ed/installedApps";
const inUser =
  "NWI2NDk4MzQtNzQxMi00Y2NlLTllNjktMTc2ZTk1YTM5NGY1IyNhNmI2MzM2NS0zMWE0LTRmNDMtOTJlYy03MTBiNzE1NTdhZjk";
const inChat =
  "NjRiOWM3NDYtYjE1NS00MDQyLThkNDctOTQxYmQzODE2ODFiIyMwZDgyMGVjZC1kZWYyLTQyOTctYWRhZC03ODA1NmNkZTdjNzg=";
const inTeam =
  "MjA5ODhmMGYtYTY0Ny00MmY2LWJlMzAtNzllMDRkZTNjMmVkIyNmYTkzN2Y4OS1iYWNhLTQ5NzktYmY4YS00MmY5ODE5MWY3ODA=";

async function main() {
  const graph = client("v1.0");
  // As the reference prints them: without a body, and with an empty object.
  await graph.api(`${user}/${inUser}/upgrade`).post();
  await graph.api(`${chat}/${inChat}/upgrade`).post({});
  await graph.api(`${team}/${inTeam}/upgrade`).post({});
  await graph.api(user).post({
    "teamsApp@odata.bind":
      "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/12345678-9abc-def0-123456789a"
  });
  const installed = await graph.api(user).expand("teamsApp,teamsAppDefinition").get();
  const added = installed.value.find((one) => one.teamsApp.id === "12345678-9abc-def0-123456789a");
  await graph.api(`${user}/${added.id}`).delete();
  let wrong;
  try {
    await graph.api(`${chat}/0d820ecd-def2-4297-adad-78056cde7c78/upgrade`).post({});
  } catch (error) {
    wrong = { statusCode: error.statusCode, code: error.code, message: error.message };
  }
  const chats = await graph
    .api("/users/5b649834-7412-4cce-9e69-176e95a394f5/chats")
    .filter("installedApps/any(a:a/teamsApp/id eq '0d820ecd-def2-4297-adad-78056cde7c78')")
    .get();
  console.log(
    JSON.stringify({
      installed: installed.value.length,
      version: added.teamsAppDefinition.version,
      wrong,
      chats: chats.value.map((one) => one.id)
    })
  );
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
