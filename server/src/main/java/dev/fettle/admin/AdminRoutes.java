package dev.fettle.admin;

import static dev.fettle.graph.schema.GraphVersion.FETTLE;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.identity.Client;
import dev.fettle.identity.NewClient;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rows of this room. */
public final class AdminRoutes {

  private static final List<String> SET_BY_THE_SERVER = List.of("id", "createdDateTime", "secret");
  private static final String MISSING_CLIENT = "The client was not found.";

  private final ClientAdministration clients;
  private final Reads reads;

  public AdminRoutes(ClientAdministration clients, Reads reads) {
    this.clients = clients;
    this.reads = reads;
  }

  /** All rows. */
  public List<Route> routes() {
    return List.of(
        Route.get(FETTLE, "/auditEntries")
            .notes("Who did what, newest first.")
            .handle(call -> reads.collection(call, AdminResources.AUDIT_ENTRIES, Sql.of("true"))),
        Route.get(FETTLE, "/auditEntries/$count")
            .handle(call -> reads.count(call, AdminResources.AUDIT_ENTRIES, Sql.of("true"))),
        Route.get(FETTLE, "/auditEntries/{entry-id}")
            .handle(
                call ->
                    reads.entity(
                        call,
                        AdminResources.AUDIT_ENTRIES,
                        Sql.of("t.id = :id").with("id", call.key("entry-id")),
                        "The audit entry was not found.")),
        Route.get(FETTLE, "/clients")
            .notes("Clients of the built-in issuer.")
            .handle(call -> reads.collection(call, AdminResources.CLIENTS, Sql.of("true"))),
        Route.post(FETTLE, "/clients")
            .body("fettle.client")
            .notes("The secret is in this answer only.")
            .handle(this::create),
        Route.get(FETTLE, "/clients/{client-id}")
            .handle(
                call ->
                    reads.entity(
                        call,
                        AdminResources.CLIENTS,
                        Sql.of("t.client_id = :id").with("id", call.key("client-id")),
                        MISSING_CLIENT)),
        Route.delete(FETTLE, "/clients/{client-id}")
            .handle(
                call -> {
                  clients.delete(call.caller(), call.key("client-id"));
                  return Answers.noContent();
                }),
        Route.action(FETTLE, "/clients/{client-id}/renewSecret")
            .parameters("renewSecret")
            .notes("The old secret stops working at once.")
            .handle(
                call ->
                    secret(call, 200, clients.renewSecret(call.caller(), call.key("client-id")))));
  }

  private Response create(Call call) {
    ObjectNode body = call.body();
    for (String member : SET_BY_THE_SERVER) {
      if (body.has(member)) {
        throw Refusal.invalid(member, "The server sets '" + member + "' by itself.");
      }
    }
    JsonNode name = body.path("displayName");
    if (!name.isString()) {
      throw Refusal.invalid("displayName", "'displayName' is required.");
    }
    JsonNode permissions = body.path("permissions");
    if (!permissions.isArray()) {
      throw Refusal.invalid("permissions", "'permissions' is required.");
    }
    List<String> names = new ArrayList<>();
    permissions.forEach(permission -> names.add(permission.asString("")));
    NewClient made = clients.create(call.caller(), name.stringValue(), names);
    return secret(call, 201, made)
        .with("Location", call.root() + "/clients/" + Request.encode(made.client().clientId()));
  }

  /** The client with its secret, which no other answer has. */
  private static Response secret(Call call, int status, NewClient made) {
    Client client = made.client();
    ObjectNode entity =
        Json.object()
            .put("@odata.context", call.root() + "/$metadata#clients/$entity")
            .put("id", client.clientId())
            .put("createdDateTime", client.createdDateTime().toString())
            .put("displayName", client.name());
    ArrayNode permissions = entity.putArray("permissions");
    client.permissions().forEach(permissions::add);
    entity.put("secret", made.secret());
    return Answers.json(status, entity).with("Cache-Control", "no-store");
  }
}
