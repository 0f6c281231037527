package dev.fettle.compat;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.microsoft.graph.core.authentication.AzureIdentityAuthenticationProvider;
import com.microsoft.graph.core.requests.GraphClientFactory;
import java.net.http.HttpClient;
import okhttp3.OkHttpClient;

/**
 * The official Java SDKs, set up for a server of one's own.
 *
 * <p>Four things differ from the cloud: the authority is the server itself and is not looked up
 * among Microsoft's ({@code disableInstanceDiscovery}), its certificate comes from a local
 * authority, the SDK sends tokens only to hosts that are named, and the base URL is ours.
 */
final class GraphClients {
  private static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";
  private static final String[] ALLOWED_HOSTS = {"localhost"};

  private final PackagedServer server;
  private final TokenCredential credential;

  GraphClients(PackagedServer server) {
    this.server = server;
    this.credential =
        new ClientSecretCredentialBuilder()
            .authorityHost(server.https())
            .tenantId(TENANT)
            .clientId("6731de76-14a6-49ae-97bc-6eba6914391e")
            .clientSecret("any secret does in dev mode")
            .disableInstanceDiscovery()
            .httpClient(
                new JdkHttpClientBuilder(
                        HttpClient.newBuilder().sslContext(server.authority().context()))
                    .build())
            .build();
  }

  /** The beta SDK with every permission that the server knows. */
  com.microsoft.graph.beta.serviceclient.GraphServiceClient beta() {
    return beta(".default");
  }

  /** The beta SDK with one permission alone. */
  com.microsoft.graph.beta.serviceclient.GraphServiceClient beta(String permission) {
    AzureIdentityAuthenticationProvider authentication = authentication(permission);
    var client =
        new com.microsoft.graph.beta.serviceclient.GraphServiceClient(authentication, http());
    client.getRequestAdapter().setBaseUrl(server.https() + "/beta");
    return client;
  }

  /** The v1.0 SDK with every permission that the server knows. */
  com.microsoft.graph.serviceclient.GraphServiceClient v1() {
    return v1(".default");
  }

  /** The v1.0 SDK with one permission alone. */
  com.microsoft.graph.serviceclient.GraphServiceClient v1(String permission) {
    var client =
        new com.microsoft.graph.serviceclient.GraphServiceClient(
            authentication(permission), http());
    client.getRequestAdapter().setBaseUrl(server.https() + "/v1.0");
    return client;
  }

  /** The beta SDK as it comes, which trusts only Microsoft's hosts with a token. */
  com.microsoft.graph.beta.serviceclient.GraphServiceClient betaWithoutAllowedHost() {
    var client =
        new com.microsoft.graph.beta.serviceclient.GraphServiceClient(
            new AzureIdentityAuthenticationProvider(
                credential,
                new String[] {"graph.microsoft.com"},
                "https://graph.microsoft.com/.default"),
            http());
    client.getRequestAdapter().setBaseUrl(server.https() + "/beta");
    return client;
  }

  private AzureIdentityAuthenticationProvider authentication(String permission) {
    return new AzureIdentityAuthenticationProvider(
        credential, ALLOWED_HOSTS, "https://graph.microsoft.com/" + permission);
  }

  private OkHttpClient http() {
    Authority authority = server.authority();
    return GraphClientFactory.create()
        .sslSocketFactory(authority.context().getSocketFactory(), authority.trust())
        .build();
  }
}
