package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.directory.Owners;
import dev.fettle.directory.Removals;
import dev.fettle.identity.Caller;
import dev.fettle.identity.ResourceGrants;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.PermissionSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Installs, upgrades and removes apps, and knows what they were granted. Each change is one
 * transaction with its audit entry; what is refused for lack of rights leaves an audit entry too.
 * Safe for concurrent use.
 */
final class Installations implements ResourceGrants, Removals, AutomaticMoves {

  /** More losses in a row than this are not contention but a fault. */
  private static final int ATTEMPTS = 20;

  private final Db db;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final InstallationStore store;

  Installations(Db db, AuditTrail audit, InstantSource clock, Ids ids) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.store = new InstallationStore(ids);
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
        () ->
            db.tx(
                tx -> {
                  Situation situation =
                      store
                          .app(tx, caller.tenantId(), owner, appId, caller.userId())
                          .orElseThrow(() -> Owners.missing(owner.kind(), owner.key()));
                  Candidate newest = situation.newest();
                  if (!situation.inCatalogue() || newest == null) {
                    throw new Refusal(Reason.notFound("Not Found"));
                  }
                  ConsentRules.reach(authority, caller.appId(), newest.clientAppId(), appId);
                  PermissionSet consented =
                      decide(
                          tx,
                          caller,
                          authority,
                          owner,
                          situation,
                          newest,
                          PermissionSet.EMPTY,
                          given);
                  String id = InstallationIds.of(situation.ownerId(), appId);
                  boolean added =
                      store.insert(
                          tx,
                          caller.tenantId(),
                          owner.scope(),
                          situation.ownerId(),
                          id,
                          appId,
                          newest,
                          consented,
                          clock.instant());
                  if (!added) {
                    throw new Refusal(
                        Reason.conflict(
                            "The app '%s' is installed in the %s already."
                                .formatted(appId, owner.scope().target())));
                  }
                  record(tx, caller, "installApp", id, owner, situation, newest, consented);
                  return id;
                }));
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
            () ->
                db.<Boolean>tx(
                    tx -> {
                      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                        if (upgraded(tx, caller, authority, owner, installationId, given)) {
                          return true;
                        }
                      }
                      throw new Refusal(
                          Reason.conflict("The installation is being changed by others."));
                    }));
  }

  private boolean upgraded(
      Tx tx,
      Caller caller,
      Authority authority,
      Owner owner,
      String installationId,
      @Nullable PermissionSet given) {
    Situation situation = situation(tx, caller, owner, installationId);
    Installed installed = installed(situation, installationId);
    Candidate newest = newest(situation, installed);
    ConsentRules.reach(authority, caller.appId(), newest.clientAppId(), installed.appId());
    PermissionSet consented =
        decide(tx, caller, authority, owner, situation, newest, installed.consentedSet(), given);
    int ahead = newest.versionKey().compareTo(installed.versionKey());
    if (ahead == 0) {
      return true;
    }
    // The installation was read with a definition that is not yet known here: read again.
    if (ahead < 0
        || !store.move(
            tx,
            caller.tenantId(),
            owner.scope(),
            situation.ownerId(),
            installed,
            newest,
            consented,
            clock.instant())) {
      return false;
    }
    record(tx, caller, "upgradeApp", installed.id(), owner, situation, newest, consented);
    return true;
  }

  /** Takes an app out of an owner, and its grants with it. */
  void remove(Caller caller, Set<String> opening, Owner owner, String installationId) {
    Authority authority = Authority.of(opening);
    boolean _ =
        audited(
            caller,
            "removeApp",
            owner,
            () ->
                db.<Boolean>tx(
                    tx -> {
                      Situation situation = situation(tx, caller, owner, installationId);
                      Installed installed = installed(situation, installationId);
                      ConsentRules.reach(
                          authority, caller.appId(), installed.clientAppId(), installed.appId());
                      if (!store.delete(
                          tx,
                          caller.tenantId(),
                          owner.scope(),
                          situation.ownerId(),
                          installed.id(),
                          clock.instant())) {
                        throw noInstallation(installationId);
                      }
                      audit.record(
                          tx,
                          caller,
                          "removeApp",
                          "teamsAppInstallation",
                          installed.id(),
                          AuditTrail.SUCCEEDED,
                          place(owner, situation).put("teamsAppId", installed.appId()));
                      return true;
                    }));
  }

  /**
   * What an upgrade would do and what it would be told, without doing it.
   *
   * @param upgrading those of the caller's permissions that open an upgrade in the scope
   * @param lacking the permissions that would open an upgrade at all
   */
  UpgradePreview preview(
      Caller caller,
      Set<String> upgrading,
      List<String> lacking,
      Owner owner,
      String installationId) {
    Situation situation = db.read(tx -> situation(tx, caller, owner, installationId));
    Installed installed = installed(situation, installationId);
    Candidate newest = newest(situation, installed);
    List<SubmittedVersion> submitted =
        db.read(
            tx -> store.submitted(tx, caller.tenantId(), installed.appId(), newest.versionKey()));
    Authority authority = Authority.of(upgrading);
    ConsentRequest request =
        request(
            caller,
            authority,
            owner,
            situation,
            newest,
            installed.consentedSet(),
            newest.required().part(owner.scope()));
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
    Authority authority = Authority.of(opening);
    if (authority.anyApp()) {
      return;
    }
    Situation situation = db.read(tx -> situation(tx, caller, owner, installationId));
    Installed installed = installed(situation, installationId);
    ConsentRules.reach(authority, caller.appId(), installed.clientAppId(), installed.appId());
  }

  /** Does nothing if there is or was such an app, else refuses. */
  void requireApp(Caller caller, String appId) {
    if (!db.<Boolean>read(tx -> store.hadApp(tx, caller.tenantId(), appId))) {
      throw Catalogue.noApp(appId);
    }
  }

  /**
   * Says why there is no chat with an installed app.
   *
   * @throws Refusal always: for the owner, the installation, or the bot that the app has not
   */
  void explainNoChat(Caller caller, Owner owner, String installationId) {
    Situation situation = db.read(tx -> situation(tx, caller, owner, installationId));
    Installed _ = installed(situation, installationId);
    throw new Refusal(Reason.notFound("The app has no bot, so there is no chat with it."));
  }

  /**
   * Says why an installation was not found.
   *
   * @throws Refusal always: for the owner, the form of the id, or the installation
   */
  void explainMissing(Caller caller, Owner owner, String installationId) {
    Situation situation = db.read(tx -> situation(tx, caller, owner, installationId));
    Installed _ = installed(situation, installationId);
    throw noInstallation(installationId);
  }

  @Override
  public Set<String> granted(Caller caller, String target, String targetId) {
    if (caller.kind() != Caller.Kind.APPLICATION) {
      return Set.of();
    }
    OwnerKind kind =
        switch (target) {
          case "user" -> OwnerKind.USER;
          case "chat" -> OwnerKind.CHAT;
          default -> OwnerKind.TEAM;
        };
    return db.read(
        tx ->
            store.granted(
                tx,
                caller.tenantId(),
                caller.appId().toLowerCase(Locale.ROOT),
                target,
                Owners.id(kind, caller.tenantId(), targetId)));
  }

  @Override
  public void removed(Tx tx, String tenantId, OwnerKind kind, String id) {
    store.deleteAll(tx, tenantId, kind.text(), id, clock.instant());
  }

  @Override
  public void published(Tx tx, String tenantId, String appId) {
    store.automatic(tx, tenantId, appId).ifPresent(newest -> follow(tx, tenantId, appId, newest));
  }

  /**
   * Moves what is behind and needs nobody's consent, now that the tenant lets installations follow.
   */
  void catchUp(Tx tx, String tenantId) {
    for (String appId : store.behind(tx, tenantId)) {
      published(tx, tenantId, appId);
    }
  }

  /** Forgets what happened to installations more than 30 days ago. */
  void retention(Instant now) {
    db.<Boolean>read(
        tx -> {
          InstallationStore.forgetEvents(tx, now.minus(Duration.ofDays(30)));
          return true;
        });
  }

  private void follow(Tx tx, String tenantId, String appId, Candidate newest) {
    int moved = store.moveAll(tx, tenantId, appId, newest, clock.instant());
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
  }

  /**
   * What is consented to from now on.
   *
   * @throws Refusal if it is not to be carried out; where the set that was sent is that of a
   *     version that waits for its review, this names it
   */
  private PermissionSet decide(
      Tx tx,
      Caller caller,
      Authority authority,
      Owner owner,
      Situation situation,
      Candidate newest,
      PermissionSet before,
      @Nullable PermissionSet given) {
    Verdict verdict =
        ConsentRules.decide(request(caller, authority, owner, situation, newest, before, given));
    String appId = situation.appId();
    if (verdict instanceof Verdict.ConsentDiffers differs && appId != null) {
      verdict = differs.among(store.submitted(tx, caller.tenantId(), appId, newest.versionKey()));
    }
    return verdict.orThrow();
  }

  private static ConsentRequest request(
      Caller caller,
      Authority authority,
      Owner owner,
      Situation situation,
      Candidate newest,
      PermissionSet before,
      @Nullable PermissionSet given) {
    return new ConsentRequest(
        owner.scope(),
        newest.version(),
        newest.required(),
        before,
        given,
        authority,
        ConsentRules.ownApp(caller.appId(), newest.clientAppId()),
        caller.kind() == Caller.Kind.APPLICATION,
        situation.partOfOwner(),
        situation.consentEnabled());
  }

  private Situation situation(Tx tx, Caller caller, Owner owner, String installationId) {
    return store
        .installation(
            tx, caller.tenantId(), owner, DefinitionIds.padded(installationId), caller.userId())
        .orElseThrow(() -> Owners.missing(owner.kind(), owner.key()));
  }

  private static Installed installed(Situation situation, String installationId) {
    Installed installed = situation.installed();
    if (installed == null) {
      InstallationIds.require(installationId);
      throw noInstallation(installationId);
    }
    return installed;
  }

  private static Candidate newest(Situation situation, Installed installed) {
    Candidate newest = situation.newest();
    if (!situation.inCatalogue() || newest == null) {
      throw new Refusal(
          Reason.notFound(
              "App with id '%s' is no longer in the catalog.".formatted(installed.appId())));
    }
    return newest;
  }

  private static Refusal noInstallation(String id) {
    return new Refusal(Reason.notFound("App installation with id '%s' not found.".formatted(id)));
  }

  private void record(
      Tx tx,
      Caller caller,
      String action,
      String installationId,
      Owner owner,
      Situation situation,
      Candidate definition,
      PermissionSet consented) {
    audit.record(
        tx,
        caller,
        action,
        "teamsAppInstallation",
        installationId,
        AuditTrail.SUCCEEDED,
        place(owner, situation)
            .put("teamsAppId", situation.appId())
            .put("version", definition.version())
            .put("consented", consented.toString()));
  }

  private static ObjectNode place(Owner owner, Situation situation) {
    return Json.object()
        .put("ownerKind", owner.scope().target())
        .put("ownerId", situation.ownerId());
  }

  private <T> T audited(Caller caller, String action, Owner owner, Supplier<T> work) {
    try {
      return work.get();
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.Forbidden) {
        audit.refused(caller, action, owner.scope().target(), owner.key(), refusal.reason());
      }
      throw refusal;
    }
  }
}
