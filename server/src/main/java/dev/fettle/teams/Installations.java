package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.db.TxWork;
import dev.fettle.directory.OwnerKind;
import dev.fettle.directory.Owners;
import dev.fettle.identity.Caller;
import dev.fettle.identity.ResourceGrants;
import dev.fettle.json.Json;
import dev.fettle.teams.InstallationStore.Place;
import dev.fettle.teams.packages.PermissionSet;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Installs, upgrades and removes apps, and knows what they were granted. Each change is one
 * transaction with its audit entry; what is refused for lack of rights leaves an audit entry too.
 * Safe for concurrent use.
 */
final class Installations implements ResourceGrants {

  /** More losses in a row than this are not contention but a fault. */
  private static final int ATTEMPTS = 20;

  private final Db db;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;

  Installations(Db db, AuditTrail audit, InstantSource clock, Ids ids) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Puts an app of the catalogue into an owner, at its newest published definition.
   *
   * @param opening the caller's permissions that opened the operation
   * @param given C, what the request consents to; null if it says nothing
   * @return the installation's id
   */
  String add(
      Caller caller,
      Set<String> opening,
      Owner owner,
      String appId,
      @Nullable PermissionSet given) {
    Authority authority = Authority.of(opening);
    return audited(
        caller,
        "installApp",
        owner,
        tx -> {
          InstallationFacts facts =
              InstallationStore.app(tx, caller.tenantId(), owner, appId, caller.userId())
                  .orElseThrow(() -> Owners.missing(owner.kind(), owner.key()));
          PublishedDefinition newest = facts.newestOr("Not Found");
          ConsentRules.reach(authority, caller.appId(), newest.clientAppId(), appId);
          PermissionSet consented =
              consented(
                  tx,
                  request(caller, authority, owner, facts, newest, PermissionSet.EMPTY, given),
                  caller.tenantId(),
                  appId,
                  newest);
          String id = TeamsIds.installation(facts.ownerId(), appId);
          Place place = new Place(caller.tenantId(), owner.kind(), facts.ownerId(), appId, id);
          if (!InstallationStore.insert(tx, place, newest, consented, clock.instant(), ids)) {
            throw Refusal.conflict(
                "The app '%s' is installed in the %s already."
                    .formatted(appId, owner.kind().text()));
          }
          record(tx, caller, "installApp", place, moved(place, newest, consented));
          return id;
        });
  }

  /**
   * Moves an installation to the newest published definition of its app. If it is there already,
   * the same is checked and nothing changes.
   *
   * @param opening the caller's permissions that opened the operation
   * @param given C, what the request consents to; null if it says nothing
   */
  void upgrade(
      Caller caller,
      Set<String> opening,
      Owner owner,
      String installationId,
      @Nullable PermissionSet given) {
    Authority authority = Authority.of(opening);
    boolean _ =
        audited(
            caller,
            "upgradeApp",
            owner,
            tx -> {
              for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (upgraded(tx, caller, authority, owner, installationId, given)) {
                  return true;
                }
              }
              throw Refusal.conflict("The installation is being changed by others.");
            });
  }

  private boolean upgraded(
      Tx tx,
      Caller caller,
      Authority authority,
      Owner owner,
      String installationId,
      @Nullable PermissionSet given) {
    InstallationFacts facts = facts(tx, caller, owner, installationId);
    Installation before = facts.installedOr(installationId);
    PublishedDefinition newest = newest(facts, before);
    ConsentRules.reach(authority, caller.appId(), newest.clientAppId(), before.appId());
    PermissionSet consented =
        consented(
            tx,
            request(caller, authority, owner, facts, newest, before.consented(), given),
            caller.tenantId(),
            before.appId(),
            newest);
    int ahead = newest.versionKey().compareTo(before.versionKey());
    if (ahead == 0) {
      return true;
    }
    Place place = place(caller, owner, facts, before);
    // The installation was read with a definition that is not yet known here: read again.
    if (ahead < 0
        || !InstallationStore.move(tx, place, before, newest, consented, clock.instant(), ids)) {
      return false;
    }
    record(tx, caller, "upgradeApp", place, moved(place, newest, consented));
    return true;
  }

  /** Takes an app out of an owner, and its grants with it. */
  void remove(Caller caller, Set<String> opening, Owner owner, String installationId) {
    boolean _ =
        audited(
            caller,
            "removeApp",
            owner,
            tx -> {
              InstallationFacts facts = facts(tx, caller, owner, installationId);
              Installation installed = facts.installedOr(installationId);
              reach(caller, opening, installed);
              Place place = place(caller, owner, facts, installed);
              if (!InstallationStore.delete(tx, place)) {
                throw InstallationFacts.noInstallation(installationId);
              }
              record(tx, caller, "removeApp", place, detail(place));
              return true;
            });
  }

  /**
   * The effect of an upgrade and the answer to it, without carrying it out.
   *
   * @param upgrading those of the caller's permissions that open an upgrade in such an owner
   * @param lacking the permissions that would open an upgrade at all
   */
  UpgradePreview preview(
      Caller caller,
      Set<String> upgrading,
      List<String> lacking,
      Owner owner,
      String installationId) {
    InstallationFacts facts = db.statement(tx -> facts(tx, caller, owner, installationId));
    Installation installed = facts.installedOr(installationId);
    PublishedDefinition newest = newest(facts, installed);
    List<SubmittedVersion> submitted =
        db.statement(
            tx ->
                InstallationStore.submitted(
                    tx, caller.tenantId(), installed.appId(), newest.versionKey()));
    ConsentRequest request =
        request(
            caller,
            Authority.of(upgrading),
            owner,
            facts,
            newest,
            installed.consented(),
            newest.requiredSet().part(owner.kind()));
    return UpgradePreview.of(
        request,
        installed,
        lacking,
        caller.appId(),
        submitted.isEmpty() ? null : submitted.getFirst());
  }

  /**
   * Checks that a caller whose permissions are for its own app only may see an installation.
   *
   * @throws Refusal if not
   */
  void reach(Caller caller, Set<String> opening, Owner owner, String installationId) {
    if (!Authority.of(opening).anyApp()) {
      reach(caller, opening, requireInstallation(caller, owner, installationId));
    }
  }

  private static void reach(Caller caller, Set<String> opening, Installation installed) {
    ConsentRules.reach(
        Authority.of(opening), caller.appId(), installed.clientAppId(), installed.appId());
  }

  /** Does nothing if there is or was such an app, else refuses. */
  void requireApp(Caller caller, String appId) {
    if (!db.<Boolean>statement(tx -> CatalogueStore.hadApp(tx, caller.tenantId(), appId))) {
      throw Catalogue.noApp(appId);
    }
  }

  /** Does nothing if the owner is there, else refuses. */
  void requireOwner(Caller caller, Owner owner) {
    String _ = db.statement(tx -> Owners.require(tx, owner.kind(), caller.tenantId(), owner.key()));
  }

  /** Does nothing if the user is in the chat or team, else refuses. */
  void requireMember(Caller caller, Owner owner, String user) {
    String _ =
        db.statement(
            tx -> Owners.requireMember(tx, owner.kind(), caller.tenantId(), owner.key(), user));
  }

  /**
   * The installation in an owner.
   *
   * @throws Refusal for the owner, the form of the id, or the installation
   */
  Installation requireInstallation(Caller caller, Owner owner, String installationId) {
    return db.statement(tx -> facts(tx, caller, owner, installationId)).installedOr(installationId);
  }

  @Override
  public Set<String> granted(Caller caller, String target, String targetId) {
    if (caller.kind() != Caller.Kind.APPLICATION) {
      return Set.of();
    }
    String appId = caller.appId().toLowerCase(Locale.ROOT);
    return db.statement(
        tx ->
            InstallationStore.granted(
                tx, caller.tenantId(), appId, OwnerKind.of(target), targetId));
  }

  /** Moves the installations that may follow a definition just published without any consent. */
  void follow(Tx tx, String tenantId, String appId) {
    InstallationStore.automatic(tx, tenantId, appId)
        .ifPresent(
            newest -> {
              long moved = InstallationStore.moveAll(tx, tenantId, appId, newest, clock.instant());
              if (moved > 0) {
                audit.recordServer(
                    tx,
                    tenantId,
                    "teams.automaticUpgrades",
                    "upgradeApp",
                    "teamsApp",
                    appId,
                    AuditTrail.SUCCEEDED,
                    Json.object().put("version", newest.version()).put("installations", moved));
              }
            });
  }

  /** Moves all that is behind and needs no consent, now that the tenant lets it follow. */
  void followAll(Tx tx, String tenantId) {
    for (String appId : InstallationStore.behind(tx, tenantId)) {
      follow(tx, tenantId, appId);
    }
  }

  /**
   * The set that is consented to from now on.
   *
   * @throws Refusal if the request is not to be carried out; where the set that was sent is that of
   *     a version that waits for its review, this names it
   */
  private static PermissionSet consented(
      Tx tx, ConsentRequest request, String tenantId, String appId, PublishedDefinition newest) {
    ConsentDecision decision = ConsentRules.decide(request);
    if (decision instanceof ConsentDecision.ConsentDiffers differs) {
      decision =
          differs.among(InstallationStore.submitted(tx, tenantId, appId, newest.versionKey()));
    }
    return decision.orThrow();
  }

  private static ConsentRequest request(
      Caller caller,
      Authority authority,
      Owner owner,
      InstallationFacts facts,
      PublishedDefinition newest,
      PermissionSet before,
      @Nullable PermissionSet given) {
    return new ConsentRequest(
        owner.kind(),
        newest.version(),
        newest.requiredSet(),
        before,
        given,
        authority,
        ConsentRules.ownApp(caller.appId(), newest.clientAppId()),
        caller.kind() == Caller.Kind.APPLICATION,
        facts.partOfOwner(),
        facts.consentEnabled());
  }

  private static InstallationFacts facts(Tx tx, Caller caller, Owner owner, String installationId) {
    return InstallationStore.installation(
            tx, caller.tenantId(), owner, TeamsIds.padded(installationId), caller.userId())
        .orElseThrow(() -> Owners.missing(owner.kind(), owner.key()));
  }

  private static PublishedDefinition newest(InstallationFacts facts, Installation installed) {
    return facts.newestOr(
        "App with id '%s' is no longer in the catalog.".formatted(installed.appId()));
  }

  private void record(Tx tx, Caller caller, String action, Place place, ObjectNode detail) {
    audit.record(
        tx,
        caller,
        action,
        "teamsAppInstallation",
        place.installationId(),
        AuditTrail.SUCCEEDED,
        detail);
  }

  private static Place place(
      Caller caller, Owner owner, InstallationFacts facts, Installation installed) {
    return new Place(
        caller.tenantId(), owner.kind(), facts.ownerId(), installed.appId(), installed.id());
  }

  private static ObjectNode detail(Place place) {
    return Json.object()
        .put("ownerKind", place.ownerKind().text())
        .put("ownerId", place.ownerId())
        .put("teamsAppId", place.appId());
  }

  private static ObjectNode moved(
      Place place, PublishedDefinition definition, PermissionSet consented) {
    return detail(place)
        .put("version", definition.version())
        .put("consented", consented.toString());
  }

  private <T> T audited(Caller caller, String action, Owner owner, TxWork<T> work) {
    try {
      return db.tx(work);
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.Forbidden) {
        audit.refused(caller, action, owner.kind().text(), owner.key(), refusal.reason());
      }
      throw refusal;
    }
  }
}
