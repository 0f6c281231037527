"""What every script needs: Microsoft's SDKs for the server under test, set up as their pages say. Three things
differ from the cloud: the authority is the server itself and is not looked up among Microsoft's, tokens go only to
hosts that are named, and the base URL is ours. SSL_CERT_FILE and REQUESTS_CA_BUNDLE name the local authority."""
import asyncio
import os

import msgraph
import msgraph_beta
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider

url = os.environ["FETTLE_URL"]
credential = ClientSecretCredential(
    "6f1e77ae-0000-4000-8000-000000000001",
    "6731de76-14a6-49ae-97bc-6eba6914391e",
    "any secret does in dev mode",
    authority=url,
    disable_instance_discovery=True,
)


def client(sdk, version, permission=".default", host="localhost"):
    adapter = sdk.GraphRequestAdapter(AzureIdentityAuthenticationProvider(
        credential, scopes=["https://graph.microsoft.com/" + permission], allowed_hosts=[host]))
    adapter.base_url = f"{url}/{version}"
    return sdk.GraphServiceClient(request_adapter=adapter)


def beta(permission=".default", host="localhost"):
    return client(msgraph_beta, "beta", permission, host)


def v1(permission=".default"):
    return client(msgraph, "v1.0", permission)


async def refusal(work):
    try:
        await work
        return None
    except APIError as error:  # of either SDK, as its own type
        said = error.error
        return {
            "type": type(error).__name__,
            "statusCode": error.response_status_code,
            "code": said.code,
            "message": said.message,
            "requestId": said.inner_error.request_id,
        }


async def until(read, done):
    for _ in range(120):
        value = await read()
        if done(value):
            return value
        await asyncio.sleep(0.5)
    raise TimeoutError("waited a minute in vain")
