package dev.fettle.admin;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.FilePermissions;
import dev.fettle.db.Db;
import dev.fettle.identity.Caller;
import dev.fettle.identity.Clients;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.NewClient;
import dev.fettle.identity.Tenant;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes, renews and removes the clients of the built-in issuer, each with an audit entry. */
public final class ClientAdministration {

  /** The permission to make clients. */
  static final String WRITE = "Application.ReadWrite.All";

  private static final String KIND = "client";

  private final Db db;
  private final Clients clients;
  private final AuditTrail audit;
  private final Supplier<KnownPermissions> known;

  /**
   * @param known the permissions that a client can have; asked when one is made
   */
  public ClientAdministration(
      Db db, Clients clients, AuditTrail audit, Supplier<KnownPermissions> known) {
    this.db = db;
    this.clients = clients;
    this.audit = audit;
    this.known = known;
  }

  NewClient create(Caller caller, String name, List<String> permissions) {
    return db.tx(
        tx -> {
          NewClient made = clients.create(tx, caller.tenantId(), name, permissions, known.get());
          audit.record(
              tx,
              caller,
              "createClient",
              KIND,
              made.client().clientId(),
              AuditTrail.SUCCEEDED,
              detail(made));
          return made;
        });
  }

  NewClient renewSecret(Caller caller, String clientId) {
    return db.tx(
        tx -> {
          NewClient renewed = clients.renewSecret(tx, caller.tenantId(), clientId);
          audit.record(
              tx, caller, "renewSecret", KIND, clientId, AuditTrail.SUCCEEDED, detail(renewed));
          return renewed;
        });
  }

  void delete(Caller caller, String clientId) {
    db.run(
        tx -> {
          clients.delete(tx, caller.tenantId(), clientId);
          audit.record(tx, caller, "deleteClient", KIND, clientId, AuditTrail.SUCCEEDED, null);
        });
  }

  /**
   * Makes the operator's client of a tenant, unless its file is there: it may do nothing but make
   * other clients and read the audit entries. To exchange it, remove the file and start again, then
   * delete the old client.
   *
   * @param folder where the file goes
   * @return the file
   */
  public Path ensureOperator(Path folder, Tenant tenant) {
    Path file = folder.resolve("operator-" + tenant.tenantId() + ".json");
    if (Files.exists(file)) {
      return file;
    }
    NewClient made =
        db.tx(
            tx -> {
              NewClient operator =
                  clients.create(
                      tx,
                      tenant.tenantId(),
                      "Operator",
                      List.of(WRITE, "AuditLog.Read.All"),
                      known.get());
              audit.recordServer(
                  tx,
                  tenant.tenantId(),
                  "admin.operator",
                  "createClient",
                  KIND,
                  operator.client().clientId(),
                  AuditTrail.SUCCEEDED,
                  detail(operator));
              return operator;
            });
    write(
        file,
        Json.object()
            .put("tenant", tenant.tenantId())
            .put("client_id", made.client().clientId())
            .put("client_secret", made.secret()));
    return file;
  }

  private static ObjectNode detail(NewClient made) {
    ObjectNode detail = Json.object().put("displayName", made.client().name());
    ArrayNode permissions = detail.putArray("permissions");
    made.client().permissions().forEach(permissions::add);
    return detail;
  }

  private static void write(Path file, ObjectNode content) {
    try {
      Path fresh =
          Files.createTempFile(
              Files.createDirectories(file.toAbsolutePath().getParent()),
              "operator",
              ".new",
              FilePermissions.privateFile());
      Files.write(
          fresh,
          (Json.text(content) + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.SYNC);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
