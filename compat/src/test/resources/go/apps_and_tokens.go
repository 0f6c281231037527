// What the official Go SDK does with the packages that this server answers, said as one JSON document.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go-core/authentication"
	"github.com/microsoftgraph/msgraph-sdk-go/chats"
	"github.com/microsoftgraph/msgraph-sdk-go/deviceappmanagement"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
)

var (
	url  = os.Getenv("FETTLE_URL")
	ctx  = context.Background()
	root = map[string]string{}
)

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func adapterFor(host string) *core.GraphRequestAdapterBase {
	credential := must(azidentity.NewClientSecretCredential(
		"6f1e77ae-0000-4000-8000-000000000001", "6731de76-14a6-49ae-97bc-6eba6914391e", "any",
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions:            azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: url}},
			DisableInstanceDiscovery: true,
		}))
	adapter := must(core.NewGraphRequestAdapterBase(
		must(authentication.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(
			credential, []string{"https://graph.microsoft.com/.default"}, []string{host})),
		core.GraphClientOptions{}))
	adapter.SetBaseUrl(url + "/v1.0")
	return adapter
}

// A typed error of the SDK, with all that there is to report a refusal by.
func refusal(err error) map[string]any {
	var found *odataerrors.ODataError
	if !errors.As(err, &found) {
		panic(err)
	}
	said := found.GetErrorEscaped()
	return map[string]any{
		"statusCode": found.ResponseStatusCode,
		"code":       *said.GetCode(),
		"message":    *said.GetMessage(),
		"requestId":  *said.GetInnerError().GetRequestId(),
	}
}

type resourceSpecific = models.TeamsAppResourceSpecificPermissionable

func permission(value string, kind models.TeamsAppResourceSpecificPermissionType) resourceSpecific {
	made := models.NewTeamsAppResourceSpecificPermission()
	made.SetPermissionValue(&value)
	made.SetPermissionType(&kind)
	return made
}

func consent(permissions ...resourceSpecific) *chats.ItemInstalledAppsItemUpgradePostRequestBody {
	set := models.NewTeamsAppPermissionSet()
	set.SetResourceSpecificPermissions(permissions)
	body := chats.NewItemInstalledAppsItemUpgradePostRequestBody()
	body.SetConsentedPermissionSet(set)
	return body
}

func main() {
	kiota.RegisterDefaultSerializer(func() serialization.SerializationWriterFactory {
		return kjson.NewJsonSerializationWriterFactory()
	})
	kiota.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return kjson.NewJsonParseNodeFactory() })
	adapter := adapterFor("localhost")
	seen := map[string]any{}

	all := chats.NewChatsRequestBuilderInternal(root, adapter)
	chat := all.ByChatId("19:ea28e88c00e94c7786b065394a61f296@thread.v2")
	inChat := chat.InstalledApps()
	chatApps := must(inChat.Get(ctx, &chats.ItemInstalledAppsRequestBuilderGetRequestConfiguration{
		QueryParameters: &chats.ItemInstalledAppsRequestBuilderGetQueryParameters{
			Expand: []string{"teamsApp", "teamsAppDefinition"},
		},
	})).GetValue()
	check(inChat.ByTeamsAppInstallationId(*chatApps[0].GetId()).Upgrade().
		Post(ctx, chats.NewItemInstalledAppsItemUpgradePostRequestBody(), nil))
	seen["chat"] = *chatApps[0].GetTeamsApp().GetDisplayName()
	seen["topic"] = *must(chat.Get(ctx, nil)).GetTopic()
	var ids []string
	pages := must(core.NewPageIterator[models.Chatable](
		must(all.Get(ctx, &chats.ChatsRequestBuilderGetRequestConfiguration{
			QueryParameters: &chats.ChatsRequestBuilderGetQueryParameters{Top: new(int32(1))},
		})),
		adapter, models.CreateChatCollectionResponseFromDiscriminatorValue))
	check(pages.Iterate(ctx, func(one models.Chatable) bool {
		ids = append(ids, *one.GetId())
		return true
	}))
	seen["ids"] = ids
	wrong := inChat.ByTeamsAppInstallationId("0d820ecd-def2-4297-adad-78056cde7c78").Upgrade()
	seen["wrong"] = refusal(wrong.Post(ctx, chats.NewItemInstalledAppsItemUpgradePostRequestBody(), nil))
	installed := inChat.ByTeamsAppInstallationId(*chatApps[0].GetId())
	online := permission("OnlineMeeting.ReadBasic.Chat", models.DELEGATED_TEAMSAPPRESOURCESPECIFICPERMISSIONTYPE)
	member := permission("ChatMember.Read.Chat", models.APPLICATION_TEAMSAPPRESOURCESPECIFICPERMISSIONTYPE)
	seen["misfit"] = refusal(installed.Upgrade().Post(ctx, consent(online), nil))
	check(installed.Upgrade().Post(ctx, consent(online, member), nil))
	elsewhere := chats.NewChatsRequestBuilderInternal(root, adapterFor("elsewhere"))
	_, err := elsewhere.Get(ctx, nil)
	seen["withoutHost"] = refusal(err)

	inTeam := teams.NewTeamsRequestBuilderInternal(root, adapter).
		ByTeamId("20988f0f-a647-42f6-be30-79e04de3c2ed").InstalledApps()
	teamApps := must(inTeam.Get(ctx, &teams.ItemInstalledAppsRequestBuilderGetRequestConfiguration{
		QueryParameters: &teams.ItemInstalledAppsRequestBuilderGetQueryParameters{Expand: []string{"teamsApp"}},
	})).GetValue()
	check(inTeam.ByTeamsAppInstallationId(*teamApps[0].GetId()).Upgrade().
		Post(ctx, teams.NewItemInstalledAppsItemUpgradePostRequestBody(), nil))
	seen["team"] = *teamApps[0].GetTeamsApp().GetDisplayName()

	tokens := deviceappmanagement.NewDeviceAppManagementRequestBuilderInternal(root, adapter).VppTokens()
	fresh := models.NewVppToken()
	fresh.SetOrganizationName(new("Made by the Go SDK"))
	fresh.SetVppTokenAccountType(new(models.EDUCATION_VPPTOKENACCOUNTTYPE))
	fresh.SetAppleId(new("apps@contoso.example"))
	fresh.SetExpirationDateTime(new(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
	fresh.SetToken(new("Token value"))
	created := must(tokens.Post(ctx, fresh, nil))
	one := tokens.ByVppTokenId(*created.GetId())
	change := models.NewVppToken()
	change.SetOrganizationName(new("Changed"))
	seen["changed"] = *must(one.Patch(ctx, change, nil)).GetOrganizationName()
	must(one.SyncLicenses().Post(ctx, nil))
	synced := must(one.Get(ctx, nil))
	for tries := 0; *synced.GetLastSyncStatus() != models.FAILED_VPPTOKENSYNCSTATUS && tries < 120; tries++ {
		time.Sleep(time.Second / 2)
		synced = must(one.Get(ctx, nil))
	}
	listed := must(tokens.Get(ctx, nil)).GetValue()
	check(one.Delete(ctx, nil))
	_, err = one.Get(ctx, nil)
	seen["token"] = map[string]any{
		"name":    *created.GetOrganizationName(),
		"type":    created.GetVppTokenAccountType().String(),
		"expires": created.GetExpirationDateTime().Format(time.RFC3339),
		"state":   synced.GetState().String(),
		"listed":  len(listed),
		"gone":    refusal(err),
	}
	check(json.NewEncoder(os.Stdout).Encode(seen))
}
