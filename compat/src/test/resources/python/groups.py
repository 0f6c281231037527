import asyncio
import json

from fettle import v1
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder

TEAM = "20988f0f-a647-42f6-be30-79e04de3c2ed"
Query = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters


async def main():
    graph = v1()
    found = await graph.groups.get(RequestConfiguration(
        query_parameters=Query(filter="resourceProvisioningOptions/Any(x:x eq 'Team')", select=["id", "displayName"])))
    group = graph.groups.by_group_id(TEAM)
    print(json.dumps({
        "teams": sorted(one.id for one in (await graph.teams.get()).value),
        "groups": sorted(one.id for one in found.value),
        "name": (await group.get()).display_name,
        "owners": [one.id for one in (await group.owners.get()).value],
        "members": [one.id for one in (await group.members.get()).value],
        "channels": [one.display_name for one in (await graph.teams.by_team_id(TEAM).channels.get()).value],
    }))


asyncio.run(main())
