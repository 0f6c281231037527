import * as models from "@microsoft/msgraph-beta-sdk/models/index.js";
import { beta, errors, refusal, request, until } from "./fettle.mjs";

const tokens = "/deviceAppManagement/vppTokens";
const one = `${tokens}/{id}`;
const token = models.createVppTokenFromDiscriminatorValue;
const graph = beta();

function write(method, template, path, body) {
  const information = request(method, template, path);
  information.setContentFromParsable(graph, "application/json", body, models.serializeVppToken);
  return graph.send(information, token, errors);
}

const created = await write("POST", tokens, {}, {
  organizationName: "Made by the TypeScript SDK",
  vppTokenAccountType: "education",
  appleId: "apps@contoso.example",
  expirationDateTime: new Date("2030-01-01T00:00:00.123Z"),
  token: "Token value",
});
const changed = await write("PATCH", one, { id: created.id }, {
  organizationName: "Changed",
  lastSyncDateTime: new Date("2017-01-01T00:02:49.320-08:00"),
});
// What was read can be sent back as it is.
const back = await write("PATCH", one, { id: created.id }, changed);
const sync = await graph.send(request("POST", `${one}/syncLicenses`, { id: created.id }), token, errors);
const synced = await until(
  () => graph.send(request("GET", one, { id: created.id }), token, errors),
  (found) => found.lastSyncStatus === "failed",
);
const collection = models.createVppTokenCollectionResponseFromDiscriminatorValue;
const list = await graph.send(request("GET", tokens), collection, errors);
await graph.sendNoResponseContent(request("DELETE", one, { id: created.id }), errors);
const gone = await refusal(() => graph.send(request("GET", one, { id: created.id }), token, errors));

console.log(
  JSON.stringify({
    created: { name: created.organizationName, type: created.vppTokenAccountType, expires: created.expirationDateTime },
    back: { name: back.organizationName, synced: back.lastSyncDateTime },
    token: back.token ?? null,
    sync: sync.id === created.id,
    state: synced.state,
    listed: list.value.some((found) => found.id === created.id),
    gone,
  }),
);
