const { PageIterator, ResponseType } = require("@microsoft/microsoft-graph-client");
const { client, refusal, until } = require("./fettle.cjs");

const bar = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";

async function main() {
  const graph = client("beta");
  const seen = { ids: [] };

  const page = await graph.api("/teamwork/devices").top(2).get();
  await new PageIterator(graph, page, (device) => {
    seen.ids.push(device.id);
    return true;
  }).iterate();

  const body = { softwareType: "teamsClient", softwareVersion: "1.0.96.22" };
  const update = `/teamwork/devices/${bar}/updateSoftware`;
  const answer = await graph.api(update).responseType(ResponseType.RAW).post(body);
  seen.updateStatus = answer.status;
  seen.location = answer.headers.get("location");
  seen.conflict = await refusal(() => graph.api(update).post(body));
  seen.operation = await until(
    () => graph.api(seen.location).get(),
    (operation) => ["succeeded", "failed", "cancelled"].includes(operation.status),
  );

  seen.missing = await refusal(() => graph.api("/teamwork/devices/nobody").get());
  seen.withoutHost = await refusal(() => client("beta", new Set(["elsewhere"])).api("/teamwork/devices").get());
  const batch = await graph.api("/$batch").post({
    requests: [
      { id: "1", method: "GET", url: `/teamwork/devices/${bar}` },
      { id: "2", method: "GET", url: "/teamwork/devices/nobody" },
    ],
  });
  seen.batch = batch.responses;
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
