package dev.fettle.app;

import dev.fettle.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints an access token of a development server, and nothing else. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints one access token of a running development server, and nothing else:",
      "  curl -H \"Authorization: Bearer $(./fettle token)\" http://localhost:8080/beta/..."
    })
final class TokenCommand implements Callable<Integer> {
  /** The usual address of a development server. */
  static final String USUAL = "http://localhost:8080";

  private static final int NO_TOKEN = 1;
  private static final int OK = 200;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--permissions",
      paramLabel = "A,B",
      split = ",",
      description = "what it opens (default: everything that the server knows)")
  private List<String> permissions = new ArrayList<>();

  @Option(names = "--tenant", paramLabel = "T", description = "default: the seeded tenant")
  private @Nullable String tenant;

  @Option(names = "--app", paramLabel = "ID", description = "the application's id")
  private @Nullable String app;

  @Option(
      names = "--user",
      paramLabel = "UPN",
      description = "a user's name or id: a delegated token instead of an application's")
  private @Nullable String user;

  @Option(
      names = "--expires-in",
      paramLabel = "SECONDS",
      description = "how long it lasts (default: an hour)")
  private @Nullable Integer expiresIn;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = USUAL,
      converter = ServerAddress.class,
      description = "where the server is (default: " + USUAL + ")")
  private URI url = URI.create(USUAL);

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "the server's authority, for an https address: DATA/tls/ca.pem")
  private @Nullable Path authority;

  @Override
  public Integer call() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/fettle/dev/tokens"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(wish())))
            .build();
    HttpClient.Builder builder = HttpClient.newBuilder();
    if (authority != null) {
      builder.sslContext(Authorities.with(authority));
    }
    try (HttpClient client = builder.build()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode document = Json.readTrusted(answer.body());
      if (answer.statusCode() == OK) {
        spec.commandLine().getOut().println(document.path("access_token").asString(""));
        return 0;
      }
      return complain(
          "%s gives no token: %s"
              .formatted(url, document.path("error").path("message").asString(answer.body())));
    } catch (SSLException e) {
      return complain(
          "The certificate of %s is not trusted here (%s). Say --ca-file .fettle/tls/ca.pem, or the plain address on the server's own machine (%s)."
              .formatted(url, e.getMessage(), USUAL));
    } catch (IOException e) {
      return complain(
          "No Fettle answers at %s (%s). Start one with ./fettle dev, or say --url."
              .formatted(
                  url, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    } catch (JacksonException e) {
      return complain("What answers at %s is no Fettle.".formatted(url));
    }
  }

  private ObjectNode wish() {
    ObjectNode wish = Json.object();
    if (!permissions.isEmpty()) {
      ArrayNode list = wish.putArray("permissions");
      permissions.forEach(permission -> list.add(permission.strip()));
    }
    put(wish, "tenant", tenant);
    put(wish, "app", app);
    put(wish, "user", user);
    if (expiresIn != null) {
      wish.put("expiresIn", expiresIn);
    }
    return wish;
  }

  private static void put(ObjectNode wish, String name, @Nullable String value) {
    if (value != null) {
      wish.put(name, value);
    }
  }

  private int complain(String message) {
    spec.commandLine().getErr().println(message);
    return NO_TOKEN;
  }
}
