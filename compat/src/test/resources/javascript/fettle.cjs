// What every script needs: a client for the server under test, and waiting.
const { Client } = require("@microsoft/microsoft-graph-client");

const url = process.env.FETTLE_URL;
const tenant = "6f1e77ae-0000-4000-8000-000000000001";

async function accessToken() {
  const answer = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "6731de76-14a6-49ae-97bc-6eba6914391e",
      client_secret: "any secret does in dev mode",
      scope: "https://graph.microsoft.com/.default",
    }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

// A token of a signed-in user, which development mode gives away.
async function userToken(user, permissions) {
  const answer = await fetch(`${url}/fettle/dev/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user, permissions }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

function client(version, customHosts = new Set(["localhost"]), getAccessToken = accessToken) {
  return Client.initWithMiddleware({
    authProvider: { getAccessToken },
    baseUrl: url,
    defaultVersion: version,
    customHosts,
  });
}

async function refusal(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return { statusCode: error.statusCode, code: error.code, message: error.message };
  }
}

async function until(read, done) {
  for (let tries = 0; tries < 120; tries++) {
    const value = await read();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("waited a minute in vain");
}

module.exports = { accessToken, client, refusal, until, url, userToken };
