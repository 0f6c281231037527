package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.db.TxWork;
import dev.fettle.db.UniqueViolation;
import dev.fettle.directory.OwnerKind;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.teams.CatalogueStore.App;
import dev.fettle.teams.CatalogueStore.Declared;
import dev.fettle.teams.CatalogueStore.Definition;
import dev.fettle.teams.CatalogueStore.Publication;
import dev.fettle.teams.CatalogueStore.Unread;
import dev.fettle.teams.CatalogueStore.Wider;
import dev.fettle.teams.packages.AppPackage;
import dev.fettle.teams.packages.Capabilities;
import dev.fettle.teams.packages.Manifest;
import dev.fettle.teams.packages.PermissionSet;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes the catalogue: publishes, submits, approves, rejects, withdraws, deletes. Each method is
 * one transaction with its audit entry; packages are opened and checked before it begins. Safe for
 * concurrent use.
 */
final class Catalogue {

  private static final String SUBMITTED = "submitted";
  private static final String PUBLISHED = "published";
  private static final Set<String> ADMINISTRATORS =
      Set.of("AppCatalog.ReadWrite.All", "Directory.ReadWrite.All");

  private final Db db;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;
  private final Installations installations;
  private final AppPackage.Reader packages = new AppPackage.Reader();
  private static final int CHECKED_TOGETHER = 2;

  /** To unpack and check a package takes many times its memory, so only a few are at it. */
  private final Semaphore checks = new Semaphore(CHECKED_TOGETHER, true);

  /**
   * @param installations follow a definition that is published
   */
  Catalogue(Db db, AuditTrail audit, InstantSource clock, Ids ids, Installations installations) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
    this.installations = installations;
  }

  /** A definition after a write. */
  record Written(String appId, String definitionId) {}

  /**
   * Makes a new app of a package.
   *
   * @param opening the caller's permissions that opened the operation
   * @param review whether the caller asks for a review
   */
  Written publish(Caller caller, Set<String> opening, byte[] archive, boolean review) {
    requireRights(caller, opening, review);
    AppPackage opened = open(archive);
    String appId = ids.guid();
    return unlessThere(
        opened.manifest(),
        tx -> {
          CatalogueStore.insertApp(
              tx,
              caller.tenantId(),
              appId,
              opened.manifest().externalId(),
              opened.manifest().displayName(),
              "organization",
              clock.instant());
          return insert(tx, caller, appId, opened, review);
        });
  }

  private AppPackage open(byte[] archive) {
    checks.acquireUninterruptibly();
    try {
      return packages.open(archive);
    } finally {
      checks.release();
    }
  }

  /** Adds a version to an app. */
  Written addDefinition(
      Caller caller, Set<String> opening, String appId, byte[] archive, boolean review) {
    requireRights(caller, opening, review);
    AppPackage opened = open(archive);
    return unlessThere(
        opened.manifest(),
        tx -> {
          App app = organization(tx, caller.tenantId(), appId);
          requireSameApp(app, opened.manifest());
          if (CatalogueStore.hasDefinition(tx, caller.tenantId(), appId, SUBMITTED)) {
            throw alreadyThere(
                "A version of this app is submitted and waits for its review; approve,"
                    + " reject or withdraw it first.");
          }
          return insert(tx, caller, appId, opened, review);
        });
  }

  /**
   * Approves or rejects what was submitted.
   *
   * @param ifMatch the entity tag that the caller saw, or null if it sent none
   */
  Written decide(
      Caller caller, String appId, String definitionId, @Nullable String ifMatch, String state) {
    Instant now = clock.instant();
    return db.tx(
        tx -> {
          App app = organization(tx, caller.tenantId(), appId);
          Definition definition = definition(tx, caller.tenantId(), app.appId(), definitionId);
          requireMatch(definition.etag(), ifMatch);
          if (!definition.publishingState().equals(SUBMITTED)) {
            throw Refusal.conflict(
                "The definition is %s; only a submitted one can be approved or rejected."
                    .formatted(definition.publishingState()));
          }
          boolean approved = state.equals(PUBLISHED);
          String newId = TeamsIds.definition(appId, definition.version(), state);
          CatalogueStore.decide(
              tx,
              caller.tenantId(),
              appId,
              definition.versionKey(),
              new Publication(newId, state, etag(), null, approved ? null : now));
          if (approved) {
            published(tx, caller.tenantId(), appId);
          }
          record(
              tx,
              caller,
              approved ? "approveDefinition" : "rejectDefinition",
              "teamsAppDefinition",
              newId,
              definition.version());
          return new Written(appId, newId);
        });
  }

  /** Takes back a definition that is not published. */
  void withdraw(Caller caller, String appId, String definitionId) {
    db.run(
        tx -> {
          App app = organization(tx, caller.tenantId(), appId);
          Definition definition = definition(tx, caller.tenantId(), app.appId(), definitionId);
          if (definition.publishingState().equals(PUBLISHED)) {
            throw Refusal.conflict(
                "The definition is published; only submitted and rejected ones can be"
                    + " withdrawn. Delete the app to take all of it out of the catalogue.");
          }
          CatalogueStore.deleteDefinition(tx, caller.tenantId(), appId, definition.versionKey());
          CatalogueStore.deleteEmptyApp(tx, caller.tenantId(), appId);
          record(
              tx,
              caller,
              "withdrawDefinition",
              "teamsAppDefinition",
              definition.definitionId(),
              null);
        });
  }

  /** Takes an app out of the catalogue; what is installed stays as it is. */
  void delete(Caller caller, Set<String> opening, String appId) {
    db.run(
        tx -> {
          App app = organization(tx, caller.tenantId(), appId);
          if (opening.stream().noneMatch(ADMINISTRATORS::contains)
              && CatalogueStore.hasDefinition(tx, caller.tenantId(), appId, PUBLISHED)) {
            throw notAuthorized(
                caller, "A published app can be deleted with AppCatalog.ReadWrite.All only.");
          }
          CatalogueStore.removeApp(tx, caller.tenantId(), app.appId(), clock.instant());
          record(tx, caller, "deleteApp", "teamsApp", appId, null);
        });
  }

  /**
   * Reads one of the packages again that an earlier program took in without keeping what their
   * manifests declare, and lets installations follow that waited for it.
   *
   * @return whether there was none
   */
  boolean readEarlier() {
    return db.tx(
        tx -> {
          Unread unread = CatalogueStore.unread(tx).orElse(null);
          if (unread == null) {
            return true;
          }
          Manifest manifest = packages.manifest(unread.archive());
          CatalogueStore.read(
              tx,
              unread,
              manifest == null ? Capabilities.NONE : manifest.capabilities(),
              manifest == null ? Map.of() : manifest.activities());
          compare(tx, unread.tenantId(), unread.appId());
          installations.follow(tx, unread.tenantId(), unread.appId());
          return false;
        });
  }

  /** The bytes of an icon of a definition. */
  Optional<byte[]> icon(String tenantId, String appId, String definitionId, boolean color) {
    String id = TeamsIds.padded(definitionId);
    return db.statement(tx -> CatalogueStore.icon(tx, tenantId, appId, id, color));
  }

  /** Does nothing if the app is in the catalogue, else refuses. */
  void require(String tenantId, String appId) {
    if (!db.<Boolean>statement(tx -> CatalogueStore.hasApp(tx, tenantId, appId))) {
      throw noApp(appId);
    }
  }

  /** The refusal of an app that is not in the catalogue. */
  static Refusal noApp(String appId) {
    return Refusal.notFound("App with id '%s' is not found.".formatted(appId));
  }

  private Written insert(Tx tx, Caller caller, String appId, AppPackage opened, boolean review) {
    String state = review ? SUBMITTED : PUBLISHED;
    Manifest manifest = opened.manifest();
    String id = TeamsIds.definition(appId, manifest.version().text(), state);
    CatalogueStore.insertDefinition(
        tx,
        caller.tenantId(),
        appId,
        manifest,
        new Publication(
            id,
            state,
            etag(),
            review ? createdBy(caller.userId(), caller.userName()) : null,
            review ? clock.instant() : null));
    CatalogueStore.insertPackage(tx, caller.tenantId(), appId, opened);
    if (!review) {
      published(tx, caller.tenantId(), appId);
    }
    record(
        tx,
        caller,
        review ? "submitDefinition" : "publishDefinition",
        "teamsAppDefinition",
        id,
        manifest.version().text());
    return new Written(appId, id);
  }

  private void published(Tx tx, String tenantId, String appId) {
    CatalogueStore.renameApp(tx, tenantId, appId);
    compare(tx, tenantId, appId);
    installations.follow(tx, tenantId, appId);
  }

  /** Keeps once, at its publication, what the newest version has more than those before it. */
  static void compare(Tx tx, String tenantId, String appId) {
    List<Declared> all = CatalogueStore.declared(tx, tenantId, appId);
    if (all.size() < 2) {
      return;
    }
    Declared to = all.getFirst();
    List<Wider> wider = new ArrayList<>();
    for (Declared from : all.subList(1, all.size())) {
      for (OwnerKind kind : OwnerKind.values()) {
        PermissionSet before = from.required().part(kind);
        PermissionSet part = to.required().part(kind);
        wider.add(
            new Wider(
                from.versionKey(),
                kind,
                Widening.between(before, from.capabilities(), part, to.capabilities())));
      }
    }
    CatalogueStore.insertWidenings(tx, tenantId, appId, to.versionKey(), wider);
  }

  private void record(
      Tx tx, Caller caller, String action, String type, String id, @Nullable String version) {
    ObjectNode detail = version == null ? null : Json.object().put("version", version);
    audit.record(tx, caller, action, type, id, AuditTrail.SUCCEEDED, detail);
  }

  private Written unlessThere(Manifest manifest, TxWork<Written> work) {
    try {
      return db.tx(work);
    } catch (UniqueViolation there) {
      throw alreadyThere(
          there.constraintName().equals("teams_app_external_id")
              ? "The catalogue has an app with the manifest id %s already; add a definition to it instead."
                  .formatted(manifest.externalId())
              : "The catalogue has version %s of this app already; raise the version."
                  .formatted(manifest.version().text()));
    }
  }

  private static Refusal alreadyThere(String message) {
    return new Refusal(
        new Reason.Nested(
            Reason.conflict("Conflict"), "AppDefinitionAlreadyExists", message, List.of()));
  }

  private static void requireSameApp(App app, Manifest manifest) {
    if (!manifest.externalId().equalsIgnoreCase(app.externalId())) {
      throw Refusal.invalid(
          "id",
          "The manifest's id is %s; this app has the id %s."
              .formatted(manifest.externalId(), app.externalId()));
    }
  }

  private static App organization(Tx tx, String tenantId, String appId) {
    App app = CatalogueStore.app(tx, tenantId, appId).orElseThrow(() -> noApp(appId));
    if (!app.distributionMethod().equals("organization")) {
      throw Refusal.forbidden(
          "The app is of distribution method %s; only apps of the organization can be changed."
              .formatted(app.distributionMethod()));
    }
    return app;
  }

  private static Definition definition(Tx tx, String tenantId, String appId, String id) {
    return CatalogueStore.definition(tx, tenantId, appId, TeamsIds.padded(id))
        .orElseThrow(
            () -> Refusal.notFound("App definition with id '%s' is not found.".formatted(id)));
  }

  private static void requireMatch(String etag, @Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new Refusal(
          new Reason.PreconditionFailed(
              "The header If-Match with the definition's @odata.etag is required."));
    }
    String given = ifMatch.strip();
    if (given.startsWith("W/")) {
      given = given.substring(2);
    }
    if (given.length() > 1 && given.startsWith("\"") && given.endsWith("\"")) {
      given = given.substring(1, given.length() - 1);
    }
    if (!given.equals("*") && !given.equals(etag)) {
      throw new Refusal(
          new Reason.PreconditionFailed(
              "The definition has changed since: its @odata.etag is not the one of If-Match."));
    }
  }

  /**
   * Checks that a caller who may only submit asks for a review: then an administrator decides.
   *
   * @throws Refusal with the text that the service gives to those without the role
   */
  private static void requireRights(Caller caller, Set<String> opening, boolean review) {
    if (!review && opening.stream().noneMatch(ADMINISTRATORS::contains)) {
      throw notAuthorized(
          caller,
          "AppCatalog.Submit can only submit for a review: send requiresReview=true, or use"
              + " AppCatalog.ReadWrite.All.");
    }
  }

  private static Refusal notAuthorized(Caller caller, String more) {
    return Refusal.forbidden(
        "User not authorized to perform this operation. UserId: '%s', TenantId: '%s'. %s"
            .formatted(caller.userId(), caller.tenantId(), more));
  }

  /** The identity set of the user who submitted a definition. */
  static ObjectNode createdBy(@Nullable String userId, @Nullable String userName) {
    ObjectNode set = Json.object();
    set.putNull("application");
    set.putNull("device");
    set.putObject("user")
        .put("@odata.type", "#microsoft.graph.teamworkUserIdentity")
        .put("id", userId)
        .put("displayName", userName)
        .put("userIdentityType", "aadUser");
    return set;
  }

  /** A JSON string in base64, as the service makes its tags. */
  private String etag() {
    byte[] random = HexFormat.of().parseHex(ids.hex(16));
    return TeamsIds.base64("\"" + Base64.getEncoder().encodeToString(random) + "\"");
  }
}
