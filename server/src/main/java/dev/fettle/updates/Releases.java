package dev.fettle.updates;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.base.Sha256;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.devices.Change;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.updates.ReleaseStore.State;
import dev.fettle.updates.ReleaseStore.StoredRelease;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The catalogue of releases: drafts are made, given files, published, withdrawn. */
public final class Releases {

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final AuditTrail audit;
  private final FreshnessJob freshness;
  private final ContentStore contents;
  private final long artifactLimit;

  public Releases(
      Db db,
      InstantSource clock,
      Ids ids,
      AuditTrail audit,
      FreshnessJob freshness,
      ContentStore contents,
      long artifactLimit) {
    this.audit = audit;
    this.db = db;
    this.clock = clock;
    this.ids = ids;
    this.freshness = freshness;
    this.contents = contents;
    this.artifactLimit = artifactLimit;
  }

  /** Makes a draft and answers its id. */
  public String create(Caller caller, Release release) {
    ReleaseRules.checkVersion(release.version());
    if (release.displayName() != null) {
      ReleaseRules.checkDisplayName(release.displayName());
    }
    Release kept =
        new Release(
            release.softwareType(),
            release.version(),
            release.displayName(),
            release.deviceTypes(),
            ReleaseRules.models(release.models()));
    String id = ids.guid();
    Instant now = clock.instant();
    db.run(
        tx -> {
          ReleaseStore.insert(tx, caller.tenantId(), id, kept, Change.by(caller, now));
          record(
              tx,
              caller,
              "createRelease",
              id,
              Json.object()
                  .put("softwareType", release.softwareType().word())
                  .put("version", release.version()));
        });
    return id;
  }

  /**
   * Changes a draft.
   *
   * @throws Refusal with {@link Reason.Conflict} if it is no draft any more
   */
  public void modify(Caller caller, String id, ReleaseChange change) {
    if (change.version() != null) {
      ReleaseRules.checkVersion(change.version());
    }
    if (change.displayName() != null) {
      ReleaseRules.checkDisplayName(change.displayName());
    }
    ReleaseChange kept =
        new ReleaseChange(
            change.softwareType(),
            change.version(),
            change.displayName(),
            change.deviceTypes(),
            change.models() == null ? null : ReleaseRules.models(change.models()));
    Instant now = clock.instant();
    db.run(
        tx -> {
          lockDraft(tx, caller, id);
          ReleaseStore.save(tx, caller.tenantId(), id, kept, Change.by(caller, now));
          record(tx, caller, "modifyRelease", id, null);
        });
  }

  /**
   * Removes a draft with its files. What was published once stays, since operations name it.
   *
   * @throws Refusal with {@link Reason.Conflict} if it is no draft any more
   */
  public void delete(Caller caller, String id) {
    db.run(
        tx -> {
          lockDraft(tx, caller, id);
          ReleaseStore.delete(tx, caller.tenantId(), id);
          record(tx, caller, "deleteRelease", id, null);
        });
  }

  /**
   * Makes a release available to the devices that it fits. Publishing again changes nothing.
   *
   * @throws Refusal with {@link Reason.Conflict} if the same version is published for some of the
   *     same devices already: nobody could say which of the two is meant
   */
  public void publish(Caller caller, String id) {
    Instant now = clock.instant();
    String tenantId = caller.tenantId();
    db.run(
        tx -> {
          StoredRelease found = ReleaseStore.find(tx, tenantId, id).orElseThrow(Releases::unknown);
          List<StoredRelease> same = ReleaseStore.lockVersion(tx, tenantId, found.release());
          StoredRelease stored =
              same.stream()
                  .filter(one -> one.id().equals(id))
                  .findFirst()
                  .orElseThrow(() -> Refusal.conflict("The release was changed at the same time."));
          if (stored.state() == State.PUBLISHED) {
            return;
          }
          Release release = stored.release();
          for (StoredRelease other : same) {
            if (!other.id().equals(id)
                && other.state() == State.PUBLISHED
                && other.release().overlaps(release)) {
              throw Refusal.conflict(
                  "Version '"
                      + release.version()
                      + "' of '"
                      + release.softwareType().word()
                      + "' is published already for some of the same devices, by release '"
                      + other.id()
                      + "'.");
            }
          }
          ReleaseStore.saveState(tx, tenantId, id, State.PUBLISHED, Change.by(caller, now));
          freshness.schedule(tx, tenantId, now);
          record(tx, caller, "publishRelease", id, null);
        });
    freshness.recompute(tenantId);
  }

  /**
   * Takes a published release back: it is offered to no device any more. Operations that were asked
   * for before go on. Withdrawing again changes nothing.
   *
   * @throws Refusal with {@link Reason.Conflict} for a draft
   */
  public void withdraw(Caller caller, String id) {
    Instant now = clock.instant();
    String tenantId = caller.tenantId();
    db.run(
        tx -> {
          StoredRelease release =
              ReleaseStore.lock(tx, tenantId, id).orElseThrow(Releases::unknown);
          switch (release.state()) {
            case DRAFT ->
                throw Refusal.conflict(
                    "The release is a draft; only a published one is withdrawn.");
            case PUBLISHED -> {
              ReleaseStore.saveState(tx, tenantId, id, State.WITHDRAWN, Change.by(caller, now));
              freshness.schedule(tx, tenantId, now);
              record(tx, caller, "withdrawRelease", id, null);
            }
            case WITHDRAWN -> {}
          }
        });
    freshness.recompute(tenantId);
  }

  /**
   * Stores a file of a draft; one of the same name is replaced, so an upload that broke can be sent
   * again.
   *
   * @param announced how many bytes were announced, or -1
   * @throws Refusal if the name is no plain file name, the file is too large, not the announced one
   *     or does not fit on the disk; then nothing is left behind
   */
  public void putArtifact(
      Caller caller,
      String releaseId,
      String fileName,
      InputStream body,
      long announced,
      ExpectedHashes expected) {
    requireRoom(caller, releaseId, fileName);
    save(caller, releaseId, fileName, contents.put(body, artifactLimit, announced), expected);
  }

  /** Before the bytes are taken; {@link #save} looks once more when they are there. */
  private void requireRoom(Caller caller, String releaseId, String fileName) {
    ReleaseRules.checkFileName(fileName);
    db.run(
        tx -> {
          lockDraft(tx, caller, releaseId);
          checkRoom(tx, caller.tenantId(), releaseId, fileName);
        });
  }

  private void save(
      Caller caller, String releaseId, String fileName, Content content, ExpectedHashes expected) {
    expected.check(content);
    String tenantId = caller.tenantId();
    Instant now = clock.instant();
    db.run(
        tx -> {
          lockDraft(tx, caller, releaseId);
          checkRoom(tx, tenantId, releaseId, fileName);
          ReleaseStore.saveArtifact(
              tx, tenantId, releaseId, fileName, content, Change.by(caller, now));
          record(
              tx,
              caller,
              "putArtifact",
              releaseId,
              Json.object().put("fileName", fileName).put("sha256", content.sha256()));
        });
  }

  /**
   * Takes a piece of a file of a draft, or says how far the file has come. With the last piece the
   * file is stored as {@link #putArtifact} stores one.
   *
   * @param expected the hashes of the whole file, as far as the caller has named them; they are
   *     held against it when it is whole
   * @throws Refusal as {@link #putArtifact} and {@link ContentStore#putRange} do
   */
  public UploadProgress putRange(
      Caller caller,
      String releaseId,
      String fileName,
      ContentRange piece,
      InputStream body,
      ExpectedHashes expected) {
    requireRoom(caller, releaseId, fileName);
    String upload = upload(caller.tenantId(), releaseId, fileName, piece.total());
    UploadProgress arrived;
    try {
      arrived = contents.putRange(upload, piece, body, artifactLimit);
    } catch (Refusal refusal) {
      Optional<Content> stored = storedAlready(refusal, caller, releaseId, fileName, piece, body);
      if (stored.isEmpty()) {
        throw refusal;
      }
      expected.check(stored.get());
      return new UploadProgress(piece.total(), stored.get());
    }
    Content content = arrived.content();
    if (content != null) {
      save(caller, releaseId, fileName, content, expected);
    }
    return arrived;
  }

  /**
   * The stored file, if the refused piece is its end: the answer to the last piece was lost, and
   * the piece is sent again.
   */
  private Optional<Content> storedAlready(
      Refusal refusal,
      Caller caller,
      String releaseId,
      String fileName,
      ContentRange piece,
      InputStream body) {
    boolean nothingOnItsWay =
        refusal.reason() instanceof Reason.RangeNotSatisfiable range && range.length() == 0;
    if (!nothingOnItsWay || piece.first() + piece.length() < piece.total()) {
      return Optional.empty();
    }
    return db.statement(tx -> ReleaseStore.artifacts(tx, caller.tenantId(), releaseId)).stream()
        .filter(artifact -> artifact.fileName().equals(fileName))
        .map(Artifact::content)
        .filter(content -> content.size() == piece.total())
        .filter(content -> endsWith(content, piece, body))
        .findFirst();
  }

  private boolean endsWith(Content content, ContentRange piece, InputStream body) {
    try (InputStream stored = contents.open(content.sha256(), piece.first())) {
      byte[] some = new byte[64 * 1024];
      int count = body.readNBytes(some, 0, some.length);
      while (count > 0) {
        byte[] same = stored.readNBytes(count);
        if (!Arrays.equals(same, 0, same.length, some, 0, count)) {
          return false;
        }
        count = body.readNBytes(some, 0, some.length);
      }
      return stored.read() < 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One file of one size in one place; another size is another upload and begins anew. */
  private static String upload(String tenantId, String releaseId, String fileName, long total) {
    return Sha256.hex(String.join("\0", tenantId, releaseId, fileName, Long.toString(total)));
  }

  /** Removes a file of a draft. */
  public void deleteArtifact(Caller caller, String releaseId, String fileName) {
    db.run(
        tx -> {
          lockDraft(tx, caller, releaseId);
          if (!ReleaseStore.deleteArtifact(tx, caller.tenantId(), releaseId, fileName)) {
            throw unknownArtifact();
          }
          record(tx, caller, "deleteArtifact", releaseId, Json.object().put("fileName", fileName));
        });
  }

  /** One file of a release. */
  public Artifact artifact(Caller caller, String releaseId, String fileName) {
    return db.statement(tx -> ReleaseStore.artifacts(tx, caller.tenantId(), releaseId)).stream()
        .filter(artifact -> artifact.fileName().equals(fileName))
        .findFirst()
        .orElseThrow(Releases::unknownArtifact);
  }

  /**
   * Refuses an id that is no release of the tenant.
   *
   * @throws Refusal with {@link Reason.NotFound}
   */
  public void requireRelease(String tenantId, String id) {
    if (db.statement(tx -> ReleaseStore.find(tx, tenantId, id)).isEmpty()) {
      throw unknown();
    }
  }

  private void record(
      Tx tx, Caller caller, String action, String releaseId, @Nullable ObjectNode detail) {
    audit.record(tx, caller, action, "release", releaseId, AuditTrail.SUCCEEDED, detail);
  }

  private static void lockDraft(Tx tx, Caller caller, String id) {
    State state =
        ReleaseStore.lock(tx, caller.tenantId(), id).orElseThrow(Releases::unknown).state();
    if (state != State.DRAFT) {
      throw Refusal.conflict("The release is " + state.word() + "; only a draft can be changed.");
    }
  }

  private static void checkRoom(Tx tx, String tenantId, String releaseId, String fileName) {
    if (ReleaseStore.countOtherArtifacts(tx, tenantId, releaseId, fileName)
        >= ReleaseRules.MOST_ARTIFACTS) {
      throw Refusal.conflict(
          "A release has at most " + ReleaseRules.MOST_ARTIFACTS + " artifacts.");
    }
  }

  private static Refusal unknown() {
    return Refusal.notFound("The release was not found.");
  }

  private static Refusal unknownArtifact() {
    return Refusal.notFound("The artifact was not found.");
  }
}
