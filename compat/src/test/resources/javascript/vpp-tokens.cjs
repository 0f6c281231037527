const { client } = require("./fettle.cjs");

// As the public reference prints it, 2026 edition.
const printed = {
  "@odata.type": "#microsoft.graph.vppToken",
  "organizationName": "Organization Name value",
  "vppTokenAccountType": "education",
  "appleId": "Apple Id value",
  "expirationDateTime": "2016-12-31T23:57:57.2481234-08:00",
  "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
  "token": "Token value",
  "state": "valid",
  "lastSyncStatus": "inProgress",
  "automaticallyUpdateApps": true,
  "countryOrRegion": "Country Or Region value",
  "lastAppCount": 12
};

async function main() {
  const graph = client("v1.0");
  const tokens = "/deviceAppManagement/vppTokens";
  const patched = await graph.api(`${tokens}/9ceb2f92-2f92-9ceb-922f-eb9c922feb9c`).patch(printed);
  const list = await graph.api(tokens).get();
  console.log(JSON.stringify({ patched, count: list.value.length }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
