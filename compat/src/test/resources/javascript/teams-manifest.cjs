// An app as its developer makes it: the manifest by Microsoft's own type, checked by Microsoft's own
// schemas, zipped with icons; then published, installed, and upgraded with the consent that it takes.
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const AdmZip = require("adm-zip");
const { PNG } = require("pngjs");
const { TeamsAppManifest } = require("@microsoft/teams-manifest");
const { AppManifestUtils } = require("@microsoft/app-manifest");
const { client, refusal, userToken } = require("./fettle.cjs");

const megan = "5b649834-7412-4cce-9e69-176e95a394f5";
const chat = "/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/installedApps";

function icon(side, rgba) {
  const image = new PNG({ width: side, height: side });
  for (let i = 0; i < side * side; i++) image.data.writeUInt32BE(rgba, 4 * i);
  return PNG.sync.write(image);
}

const icons = { "color.png": icon(192, 0x4f6bedff), "outline.png": icon(32, 0xffffffff) };

function zip(manifest) {
  const archive = new AdmZip();
  archive.addFile("manifest.json", Buffer.from(JSON.stringify(manifest, null, 2)));
  for (const [name, bytes] of Object.entries(icons)) archive.addFile(name, bytes);
  return archive.toBuffer();
}

function manifest(version, permissions, id = crypto.randomUUID()) {
  const made = new TeamsAppManifest();
  made.id = id;
  made.version = version;
  made.name = { short: "Rounds", full: "Rounds of the field service" };
  made.description = { short: "Plans rounds.", full: "Plans the rounds of the field service." };
  for (const url of ["websiteUrl", "privacyUrl", "termsOfUseUrl"]) {
    made.developer[url] = `https://contoso.example/${url}`;
  }
  made.bots = [{ botId: "9a58a3ec-6b68-4818-ac11-844f1c326784", scopes: ["personal", "groupchat"] }];
  made.staticTabs = [
    {
      entityId: "rounds",
      name: "Rounds",
      contentUrl: "https://contoso.example/rounds",
      scopes: ["personal"],
    },
  ];
  made.webApplicationInfo = {
    id: "9fc97ea2-c417-4c76-a2db-197612067b28",
    resource: "https://contoso.example/any",
  };
  if (permissions.length > 0) made.authorization = { permissions: { resourceSpecific: permissions } };
  return made;
}

async function agreed(made) {
  const errors = await AppManifestUtils.validateAgainstSchema(made);
  if (errors.length > 0) throw new Error("not valid by its own schema: " + errors.join("; "));
  return made;
}

async function main() {
  const admin = client("v1.0", new Set(["localhost"]), () =>
    userToken(megan, ["AppCatalog.ReadWrite.All"]),
  );
  const graph = client("v1.0");
  const publish = (made, target = "/appCatalogs/teamsApps") =>
    admin.api(target).header("Content-Type", "application/zip").post(zip(made));

  const first = await agreed(manifest("1.0.0", []));
  const app = await publish(first);
  await graph.api(chat).post({
    "teamsApp@odata.bind": `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${app.id}`,
  });
  const found = await graph.api(chat).filter(`teamsApp/externalId eq '${first.id}'`).get();
  const installation = `${chat}/${found.value[0].id}`;

  const second = await agreed(
    manifest(
      "1.10.0",
      [
        { name: "ChatMember.Read.Chat", type: "Application" },
        { name: "MeetingStage.Write.Chat", type: "Delegated" },
      ],
      first.id,
    ),
  );
  await publish(second, `/appCatalogs/teamsApps/${app.id}/appDefinitions`);
  const without = await refusal(() => graph.api(`${installation}/upgrade`).post({}));
  // What has to be consented to is what the catalogue says of the newest definition.
  const catalogue = await graph
    .api("/appCatalogs/teamsApps")
    .filter(`id eq '${app.id}'`)
    .expand("appDefinitions($select=id,version,authorization)")
    .get();
  const newest = catalogue.value[0].appDefinitions.find((one) => one.version === "1.10.0");
  await graph
    .api(`${installation}/upgrade`)
    .post({ consentedPermissionSet: newest.authorization.requiredPermissionSet });
  const upgraded = await graph.api(installation).expand("teamsAppDefinition($expand=bot)").get();
  await graph.api(installation).delete();

  // What the schema refuses, the catalogue refuses too and names the same places.
  const wrong = manifest("1.0.0", [{ name: "ChatMember.Read.Chat", type: "Sometimes" }]);
  delete wrong.name.short;
  wrong.accentColor = "red";
  wrong.surprise = true;
  const schemaErrors = (await AppManifestUtils.validateAgainstSchema(wrong)).length;
  const refused = await refusal(() => publish(wrong));

  // A plain app of every version of the schema that there is.
  const schemas = path.join(
    path.dirname(require.resolve("@microsoft/app-manifest")),
    "json-schemas",
    "teams",
  );
  const versions = [];
  for (const folder of fs.readdirSync(schemas)) {
    const version = folder === "vDevPreview" ? "devPreview" : folder.slice(1);
    const made = manifest("1.0.0", []);
    made.manifestVersion = version;
    made.$schema = `https://developer.microsoft.com/en-us/json-schemas/teams/${folder}/MicrosoftTeams.schema.json`;
    const minor = version === "devPreview" ? 99 : Number(version.slice(2));
    if (minor > 16 && minor < 99) delete made.packageName;
    if (minor < 5) delete made.developer.mpnId;
    if (minor < 4) delete made.webApplicationInfo;
    if (minor < 3) made.bots[0].scopes = ["personal"];
    if (minor > 16) made.bots[0].scopes = ["personal", "groupChat"];
    const schema = JSON.parse(
      fs.readFileSync(path.join(schemas, folder, "MicrosoftTeams.schema.json"), "utf8").replace("\uFEFF", ""),
    );
    // The oldest schema does not know the member that names it.
    if (!schema.properties.$schema) delete made.$schema;
    const errors = await AppManifestUtils.validateAgainstSchema(made, schema);
    if (errors.length > 0) throw new Error(`${version}: ${errors.join("; ")}`);
    const published = await refusal(() => publish(made));
    if (published !== null) throw new Error(`${version}: ${published.message}`);
    versions.push(version);
  }
  console.log(
    JSON.stringify({
      app,
      without,
      version: upgraded.teamsAppDefinition.version,
      bot: upgraded.teamsAppDefinition.bot.id,
      schemaErrors,
      refused,
      versions,
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
