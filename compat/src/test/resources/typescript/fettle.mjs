// What every script needs: Microsoft's TypeScript SDKs for the server under test, set up as their pages
// say. Four things differ from the cloud: the authority is the server itself and is not looked up among
// Microsoft's, its certificate comes from a local authority (NODE_EXTRA_CA_CERTS), tokens go only to
// hosts that are named, and the base URL is ours.
import { ClientSecretCredential } from "@azure/identity";
import { HttpMethod, RequestInformation } from "@microsoft/kiota-abstractions";
import { GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import { createODataErrorFromDiscriminatorValue } from "@microsoft/msgraph-beta-sdk/models/oDataErrors/index.js";
import { createGraphServiceClient, GraphRequestAdapter } from "@microsoft/msgraph-sdk";
import { GraphAzureIdentityAuthenticationProvider } from "@microsoft/msgraph-sdk-core";

export const url = process.env.FETTLE_URL;
// The SDK's key for "whatever status has no model of its own".
export const errors = { XXX: createODataErrorFromDiscriminatorValue };

const credential = new ClientSecretCredential(
  "6f1e77ae-0000-4000-8000-000000000001",
  "6731de76-14a6-49ae-97bc-6eba6914391e",
  "any secret does in dev mode",
  { authorityHost: url, disableInstanceDiscovery: true },
);

function authentication(permission, hosts) {
  const scopes = [`https://graph.microsoft.com/${permission}`];
  return new GraphAzureIdentityAuthenticationProvider(credential, scopes, undefined, new Set(hosts));
}

// The beta SDK, with every permission or with one. Of its builders none is published; its models are, and
// requests are made of them as the builders would.
export function beta(permission = ".default", hosts = ["localhost"], http = undefined) {
  const adapter = new GraphBetaRequestAdapter(authentication(permission, hosts), undefined, undefined, http);
  adapter.baseUrl = `${url}/beta`;
  return adapter;
}

export function v1() {
  const adapter = new GraphRequestAdapter(authentication(".default", ["localhost"]));
  adapter.baseUrl = `${url}/v1.0`;
  return { adapter, client: createGraphServiceClient(adapter) };
}

export function request(method, template, path = {}, query = {}) {
  const information = new RequestInformation(HttpMethod[method], `{+baseurl}${template}`, { ...path });
  Object.assign(information.queryParameters, query);
  information.headers.tryAdd("Accept", "application/json");
  return information;
}

// A token without any SDK, for what only a development server has.
export async function token() {
  return (await credential.getToken("https://graph.microsoft.com/.default")).token;
}

export async function refusal(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return {
      statusCode: error.responseStatusCode,
      code: error.errorEscaped?.code,
      message: error.errorEscaped?.message,
      requestId: error.errorEscaped?.innerError?.requestId,
    };
  }
}

export async function until(read, done) {
  for (let tries = 0; tries < 120; tries++) {
    const value = await read();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("waited a minute in vain");
}
