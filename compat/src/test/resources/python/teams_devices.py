import asyncio
import json

from fettle import beta, refusal, until
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph_beta.generated.models.teamwork_device import TeamworkDevice
from msgraph_beta.generated.models.teamwork_software_type import TeamworkSoftwareType
from msgraph_beta.generated.teamwork.devices.devices_request_builder import DevicesRequestBuilder
from msgraph_beta.generated.teamwork.devices.item.update_software.update_software_post_request_body import (
    UpdateSoftwarePostRequestBody,
)
from msgraph_core import PageIterator

BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f"
Query = DevicesRequestBuilder.DevicesRequestBuilderGetQueryParameters


async def main():
    graph = beta()
    devices = graph.teamwork.devices
    device = devices.by_teamwork_device_id(BAR)
    seen = {"ids": []}

    page = await devices.get(RequestConfiguration(query_parameters=Query(top=2)))
    await PageIterator(page, graph.request_adapter).iterate(lambda found: seen["ids"].append(found.id) or True)
    bars = await devices.get(RequestConfiguration(
        query_parameters=Query(filter="deviceType eq 'collaborationBar'", select=["id", "deviceType"], count=True)))
    seen["bars"] = {"count": bars.odata_count, "notes": [found.notes for found in bars.value]}

    read = await device.get()
    seen["device"] = {
        "type": read.device_type,
        "created": read.created_date_time.isoformat(),
        "maker": read.hardware_detail.manufacturer,
    }
    health = await device.health.get()
    seen["freshness"] = health.software_update_health.teams_client_software_update_status.software_freshness
    seen["activity"] = (await device.activity.get()).id
    seen["firmware"] = (await device.configuration.get()).software_versions.firmware_software_version

    async def update(version):
        headers = HeadersInspectionHandlerOption()
        body = UpdateSoftwarePostRequestBody(
            software_type=TeamworkSoftwareType.TeamsClient, software_version=version)
        await device.update_software.post(body, RequestConfiguration(options=[headers]))
        return headers.response_headers.get("location").pop()

    location = await update("1.0.96.22")
    seen["conflict"] = await refusal(update("1.0.96.22"))
    operation = device.operations.by_teamwork_device_operation_id(location.rsplit("/", 1)[1])
    ended = await until(operation.get, lambda found: found.status in ("succeeded", "failed", "cancelled"))
    seen["operation"] = {"status": ended.status, "type": ended.operation_type, "location": location}
    await device.restart.post()
    latest = (await device.operations.get()).value
    seen["operations"] = sorted(found.operation_type for found in latest)

    patched = await device.patch(TeamworkDevice(notes="Snow ☃", company_asset_tag="Tag 9"))
    seen["patched"] = {"notes": patched.notes, "tag": patched.company_asset_tag}
    seen["missing"] = await refusal(devices.by_teamwork_device_id("nobody").get())
    seen["unknown"] = await refusal(update("no version"))
    only = beta("TeamworkDevice.Read.All").teamwork.devices.by_teamwork_device_id(BAR)
    seen["forbidden"] = await refusal(only.restart.post())
    seen["withoutHost"] = await refusal(beta(host="elsewhere").teamwork.devices.get())
    print(json.dumps(seen))


asyncio.run(main())
