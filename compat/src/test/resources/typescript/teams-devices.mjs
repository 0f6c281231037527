import {
  CompressionHandler,
  HeadersInspectionOptions,
  HttpClient,
  MiddlewareFactory,
} from "@microsoft/kiota-http-fetchlibrary";
import * as models from "@microsoft/msgraph-beta-sdk/models/index.js";
import { BatchRequestContent, PageIterator } from "@microsoft/msgraph-sdk-core";
import { beta, errors, refusal, request, token, until, url } from "./fettle.mjs";

const bar = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
const list = "/teamwork/devices{?%24count,%24filter,%24select,%24top}";
const one = "/teamwork/devices/{id}";
const device = models.createTeamworkDeviceFromDiscriminatorValue;
const devices = models.createTeamworkDeviceCollectionResponseFromDiscriminatorValue;
const graph = beta();
const seen = { ids: [] };

const page = await graph.send(request("GET", list, {}, { "%24top": 2 }), devices, errors);
const each = (found) => seen.ids.push(found.id) > 0;
await new PageIterator(graph, page, each, devices, errors).iterate();
// The page iterator takes the next link for a template: braces in it have to be encoded.
const braces = { "%24filter": "hardwareDetail/uniqueId ne '{x}'", "%24top": 3 };
const filtered = await graph.send(request("GET", list, {}, braces), devices, errors);
seen.filtered = 0;
await new PageIterator(graph, filtered, () => ++seen.filtered > 0, devices, errors).iterate();

const read = await graph.send(request("GET", one, { id: bar }), device, errors);
seen.device = { type: read.deviceType, created: read.createdDateTime.toISOString(), user: read.currentUser };
const health = models.createTeamworkDeviceHealthFromDiscriminatorValue;
const update = (await graph.send(request("GET", `${one}/health`, { id: bar }), health, errors)).softwareUpdateHealth;
seen.freshness = update.teamsClientSoftwareUpdateStatus.softwareFreshness;

async function updateSoftware() {
  const post = request("POST", `${one}/updateSoftware`, { id: bar });
  const body = { softwareType: "teamsClient", softwareVersion: "1.0.96.22" };
  post.setStreamContent(new TextEncoder().encode(JSON.stringify(body)).buffer, "application/json");
  const headers = new HeadersInspectionOptions({ inspectResponseHeaders: true });
  post.addRequestOptions([headers]);
  await graph.sendNoResponseContent(post, errors);
  return [...headers.getResponseHeaders().tryGetValue("location")][0];
}
seen.location = await updateSoftware();
seen.conflict = await refusal(updateSoftware);
const operation = models.createTeamworkDeviceOperationFromDiscriminatorValue;
seen.operation = await until(
  () => graph.send(request("GET", seen.location), operation, errors),
  (found) => ["succeeded", "failed", "cancelled"].includes(found.status),
);

seen.missing = await refusal(() => graph.send(request("GET", one, { id: "no body" }), device, errors));
const restart = request("POST", `${one}/restart`, { id: bar });
seen.forbidden = await refusal(() => beta("TeamworkDevice.Read.All").sendNoResponseContent(restart, errors));
const elsewhere = beta(".default", ["elsewhere"]);
seen.withoutHost = await refusal(() => elsewhere.send(request("GET", one, { id: bar }), device, errors));

const batch = new BatchRequestContent(graph, errors);
batch.addBatchRequest(request("GET", one, { id: bar }), "1");
batch.addBatchRequest(request("GET", one, { id: "nobody" }), "2");
const answers = await batch.postAsync();
seen.batch = [...answers.getResponses()].map(([id, answer]) => id + answer.status);

// A body that the SDK zips.
const performance = MiddlewareFactory.getPerformanceMiddlewares();
seen.zips = performance.some((handler) => handler instanceof CompressionHandler);
const zipping = beta(".default", ["localhost"], new HttpClient(undefined, ...performance));
const patch = request("PATCH", one, { id: bar });
const change = { notes: "Snow ☃", companyAssetTag: null };
patch.setContentFromParsable(zipping, "application/json", change, models.serializeTeamworkDevice);
const patched = await zipping.send(patch, device, errors);
seen.patched = { notes: patched.notes, tag: patched.companyAssetTag ?? null };

// All of a device sent back for one change, with times that JavaScript has cut to milliseconds.
const whole = await graph.send(request("GET", one, { id: bar }), device, errors);
whole.notes = "Whole";
const back = request("PATCH", one, { id: bar });
back.setContentFromParsable(graph, "application/json", whole, models.serializeTeamworkDevice);
seen.whole = (await graph.send(back, device, errors)).notes;

// A refusal for the time being, which the SDK waits out.
const authorization = { Authorization: `Bearer ${await token()}` };
const faults = (method, body) =>
  fetch(`${url}/fettle/dev/faults`, {
    method,
    headers: { "Content-Type": "application/json", ...authorization },
    body,
  }).then((answer) => answer.json());
const busy = { path: "/beta/teamwork/devices", status: 429, times: 1, retryAfter: 1 };
await faults("POST", JSON.stringify(busy));
seen.retried = (await graph.send(request("GET", list), devices, errors)).value.length;
seen.faultsLeft = (await faults("GET")).value.length;

console.log(JSON.stringify(seen));
