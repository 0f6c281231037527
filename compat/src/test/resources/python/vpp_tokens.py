import asyncio
import datetime
import json

import msgraph.generated.models.vpp_token as stable
import msgraph.generated.models.vpp_token_account_type as stable_type
import msgraph_beta.generated.models.vpp_token as preview
import msgraph_beta.generated.models.vpp_token_account_type as preview_type
from fettle import beta, refusal, until, v1


async def story(graph, model, types):
    tokens = graph.device_app_management.vpp_tokens
    created = await tokens.post(model.VppToken(
        organization_name="Made by the Python SDK",
        vpp_token_account_type=types.VppTokenAccountType.Education,
        apple_id="apps@contoso.example",
        expiration_date_time=datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc),
        token="Token value",
    ))
    one = tokens.by_vpp_token_id(created.id)
    changed = await one.patch(model.VppToken(organization_name="Changed"))
    await one.sync_licenses.post()
    synced = await until(one.get, lambda found: found.last_sync_status == "failed")
    listed = [found.id for found in (await tokens.get()).value]
    await one.delete()
    return {
        "created": created.organization_name,
        "type": created.vpp_token_account_type,
        "expires": created.expiration_date_time.isoformat(),
        "token": created.token,
        "changed": changed.organization_name,
        "state": synced.state,
        "listed": created.id in listed,
        "gone": await refusal(one.get()),
    }


async def main():
    print(json.dumps({
        "v1": await story(v1(), stable, stable_type),
        "beta": await story(beta(), preview, preview_type),
    }))


asyncio.run(main())
