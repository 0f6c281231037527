package dev.fettle.updates;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.devices.Devices;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.updates.UpdateSettings.StatusSpelling;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The operations on what is asked of devices, and on releases. */
public final class UpdateRoutes {

  private static final Sql BY_ID = Sql.of("t.id = :id");
  private static final Sql OF_DEVICE = Sql.of("t.device_id = :deviceId");
  private static final Sql OPERATION = Sql.of("t.device_id = :deviceId and t.id = :id");
  private static final Sql OF_OPERATION =
      Sql.of("t.device_id = :deviceId and t.operation_id = :operationId");
  private static final Sql OF_RELEASE = Sql.of("t.release_id = :releaseId");
  private static final Sql ARTIFACT = Sql.of("t.release_id = :releaseId and t.file_name = :name");
  private static final String SPELLING = "fettle.operation-status";
  private static final String MISSING_OPERATION = "The operation was not found.";
  private static final String MISSING_RELEASE = "The release was not found.";
  private static final String MISSING_ARTIFACT = "The artifact was not found.";

  private final Operations operations;
  private final Releases releases;
  private final Devices devices;
  private final ContentStore contents;
  private final Reads reads;
  private final StatusSpelling usual;
  private final Map<StatusSpelling, Resource> operationResources =
      new EnumMap<>(StatusSpelling.class);

  public UpdateRoutes(
      Operations operations,
      Releases releases,
      Devices devices,
      ContentStore contents,
      Reads reads,
      UpdateSettings settings) {
    this.operations = operations;
    this.releases = releases;
    this.devices = devices;
    this.contents = contents;
    this.reads = reads;
    this.usual = settings.spelling();
    for (StatusSpelling spelling : StatusSpelling.values()) {
      operationResources.put(spelling, UpdateResources.operations(spelling));
    }
  }

  /** All rows. */
  public List<Route> routes() {
    return List.of(
        Route.get(BETA, "/teamwork/devices/{device-id}/operations")
            .notes("List teamworkDeviceOperations; newest first")
            .handle(
                call ->
                    spelt(
                        call,
                        operations ->
                            reads.collection(
                                call, operations, ofDevice(call), () -> requireDevice(call)))),
        Route.get(BETA, "/teamwork/devices/{device-id}/operations/$count")
            .notes("As the SDKs call it; no reference page.")
            .handle(
                call ->
                    reads.count(
                        call, operations(usual), ofDevice(call), () -> requireDevice(call))),
        Route.get(BETA, "/teamwork/devices/{device-id}/operations/{operation-id}")
            .notes("Get teamworkDeviceOperation")
            .handle(
                call ->
                    spelt(
                        call,
                        operations ->
                            reads.entity(call, operations, operation(call), MISSING_OPERATION))),
        Route.action(BETA, "/teamwork/devices/{device-id}/updateSoftware")
            .parameters("updateSoftware")
            .notes("teamworkDevice: updateSoftware")
            .handle(this::updateSoftware),
        Route.action(BETA, "/teamwork/devices/{device-id}/restart")
            .notes("teamworkDevice: restart")
            .handle(
                call -> accepted(call, operations.restart(call.caller(), call.id("device-id")))),
        Route.action(BETA, "/teamwork/devices/{device-id}/runDiagnostics")
            .notes("teamworkDevice: runDiagnostics")
            .handle(
                call ->
                    accepted(call, operations.runDiagnostics(call.caller(), call.id("device-id")))),
        Route.action(FETTLE, "/devices/{device-id}/operations/{operation-id}/cancel")
            .handle(this::cancel),
        Route.get(FETTLE, "/devices/{device-id}/operations/{operation-id}/reports")
            .handle(
                call ->
                    reads.collection(
                        call,
                        UpdateResources.REPORTS,
                        OF_OPERATION
                            .with("deviceId", call.id("device-id"))
                            .with("operationId", call.id("operation-id")),
                        () -> requireOperation(call))),
        Route.get(FETTLE, "/devices/{device-id}/operations/{operation-id}/diagnostics")
            .handle(this::diagnostics),
        Route.get(FETTLE, "/releases")
            .handle(call -> reads.collection(call, UpdateResources.RELEASES, Sql.of("true"))),
        Route.get(FETTLE, "/releases/$count")
            .handle(call -> reads.count(call, UpdateResources.RELEASES, Sql.of("true"))),
        Route.post(FETTLE, "/releases").body("fettle.release").handle(this::create),
        Route.get(FETTLE, "/releases/{release-id}")
            .handle(
                call ->
                    reads.entity(call, UpdateResources.RELEASES, release(call), MISSING_RELEASE)),
        Route.patch(FETTLE, "/releases/{release-id}").body("fettle.release").handle(this::modify),
        Route.delete(FETTLE, "/releases/{release-id}").handle(this::delete),
        Route.action(FETTLE, "/releases/{release-id}/publish").handle(changed(releases::publish)),
        Route.action(FETTLE, "/releases/{release-id}/withdraw").handle(changed(releases::withdraw)),
        Route.get(FETTLE, "/releases/{release-id}/artifacts")
            .handle(
                call ->
                    reads.collection(
                        call,
                        UpdateResources.ARTIFACTS,
                        OF_RELEASE.with("releaseId", call.id("release-id")),
                        () ->
                            releases.requireRelease(
                                call.caller().tenantId(), call.id("release-id")))),
        Route.get(FETTLE, "/releases/{release-id}/artifacts/{file-name}")
            .handle(
                call ->
                    reads.entity(
                        call, UpdateResources.ARTIFACTS, artifact(call), MISSING_ARTIFACT)),
        Route.put(FETTLE, "/releases/{release-id}/artifacts/{file-name}")
            .rawBody()
            .handle(this::putArtifact),
        Route.delete(FETTLE, "/releases/{release-id}/artifacts/{file-name}")
            .handle(this::deleteArtifact),
        Route.get(FETTLE, "/releases/{release-id}/artifacts/{file-name}/$value")
            .handle(this::download));
  }

  private Resource operations(StatusSpelling spelling) {
    return Objects.requireNonNull(operationResources.get(spelling));
  }

  /** Reads operations with their states spelt as the caller prefers, or as the setting says. */
  private Response spelt(Call call, Function<Resource, Response> read) {
    String preferred = call.preferred(SPELLING);
    for (StatusSpelling spelling : StatusSpelling.values()) {
      if (spelling.word().equals(preferred)) {
        return Answers.applied(read.apply(operations(spelling)), SPELLING + "=" + preferred);
      }
    }
    return read.apply(operations(usual));
  }

  private Response updateSoftware(Call call) {
    ObjectNode parameters = call.body();
    return accepted(
        call,
        operations.updateSoftware(
            call.caller(),
            call.id("device-id"),
            UpdateBodies.softwareType(parameters),
            UpdateBodies.softwareVersion(parameters)));
  }

  private Response cancel(Call call) {
    operations.cancel(call.caller(), call.id("device-id"), call.id("operation-id"));
    return accepted(call, call.id("operation-id"));
  }

  /** The documented header: relative to the host, without the version. */
  private static Response accepted(Call call, String operationId) {
    return Answers.accepted(
        "/teamwork/devices/"
            + Request.encode(call.id("device-id"))
            + "/operations/"
            + Request.encode(operationId));
  }

  private Response diagnostics(Call call) {
    String id = call.id("operation-id");
    Diagnostics found =
        operations
            .diagnostics(call.caller(), call.id("device-id"), id)
            .orElseThrow(
                () -> Refusal.notFound("No diagnostics were uploaded for this operation."));
    return bytes(found.sha256(), found.size(), found.contentType(), "diagnostics-" + id);
  }

  private Response create(Call call) {
    String id = releases.create(call.caller(), UpdateBodies.newRelease(call.body()));
    return reads.created(call, UpdateResources.RELEASES, BY_ID.with("id", id), id);
  }

  private Response modify(Call call) {
    ReleaseChange change = UpdateBodies.change(call.body());
    return changed((caller, id) -> releases.modify(caller, id, change)).answer(call);
  }

  /** The handler of a change of a release, which is answered. */
  private Route.Operation changed(BiConsumer<Caller, String> change) {
    return call -> {
      change.accept(call.caller(), call.id("release-id"));
      return reads.updated(call, UpdateResources.RELEASES, release(call), MISSING_RELEASE);
    };
  }

  private Response delete(Call call) {
    releases.delete(call.caller(), call.id("release-id"));
    return Answers.noContent();
  }

  private Response putArtifact(Call call) {
    Request request = call.request();
    String range = request.header("Content-Range");
    if (range != null) {
      return putRange(call, ContentRange.parse(range));
    }
    ExpectedHashes expected =
        ExpectedHashes.of(
            request.header("Repr-Digest"),
            request.header("Content-Digest"),
            request.header("Digest"));
    releases.putArtifact(
        call.caller(),
        call.id("release-id"),
        call.key("file-name"),
        request.body(),
        announced(request.header("Content-Length")),
        expected);
    return reads.updated(call, UpdateResources.ARTIFACTS, artifact(call), MISSING_ARTIFACT);
  }

  /** As in Graph's upload sessions, a file that is not whole yet is 202 with what is missing. */
  private Response putRange(Call call, ContentRange piece) {
    Request request = call.request();
    long announced = announced(request.header("Content-Length"));
    if (announced >= 0 && announced != piece.length()) {
      throw Refusal.invalid(
          "Content-Range",
          "The body has "
              + announced
              + " bytes, the piece that 'Content-Range' names has "
              + piece.length()
              + ".");
    }
    for (String ofThePiece : List.of("Content-Digest", "Digest")) {
      if (request.header(ofThePiece) != null) {
        throw Refusal.invalid(
            ofThePiece,
            "With 'Content-Range' the hash of the whole file is announced, by 'Repr-Digest'.");
      }
    }
    UploadProgress arrived =
        releases.putRange(
            call.caller(),
            call.id("release-id"),
            call.key("file-name"),
            piece,
            request.body(),
            ExpectedHashes.of(request.header("Repr-Digest"), null, null));
    if (arrived.content() != null) {
      return reads.updated(call, UpdateResources.ARTIFACTS, artifact(call), MISSING_ARTIFACT);
    }
    ObjectNode missing = Json.object();
    missing.putArray("nextExpectedRanges").add(arrived.bytes() + "-");
    return Answers.json(202, missing);
  }

  private Response deleteArtifact(Call call) {
    releases.deleteArtifact(call.caller(), call.id("release-id"), call.key("file-name"));
    return Answers.noContent();
  }

  private Response download(Call call) {
    Artifact artifact =
        releases.artifact(call.caller(), call.id("release-id"), call.key("file-name"));
    Content content = artifact.content();
    return bytes(content.sha256(), content.size(), "application/octet-stream", artifact.fileName());
  }

  private Response bytes(String sha256, long size, String contentType, String name) {
    return new Response(
        200,
        Headers.of(
            "Content-Type",
            contentType,
            "Content-Disposition",
            "attachment; filename*=UTF-8''" + Request.encode(name),
            "X-Content-Type-Options",
            "nosniff",
            "ETag",
            "\"" + sha256 + "\""),
        new Response.Stream(
            size,
            out -> {
              try (InputStream in = contents.open(sha256, 0)) {
                long sent = in.transferTo(out);
                if (sent != size) {
                  throw new IOException("the stored file has " + sent + " of " + size + " bytes");
                }
              }
            }));
  }

  private static long announced(@Nullable String contentLength) {
    if (contentLength == null) {
      return -1;
    }
    try {
      return Long.parseLong(contentLength.strip());
    } catch (NumberFormatException e) {
      throw Refusal.invalid("Content-Length", "The header 'Content-Length' is not a number.");
    }
  }

  private void requireDevice(Call call) {
    devices.requireDevice(call.caller().tenantId(), call.id("device-id"));
  }

  private void requireOperation(Call call) {
    operations.requireOperation(call.caller(), call.id("device-id"), call.id("operation-id"));
  }

  private static Sql ofDevice(Call call) {
    return OF_DEVICE.with("deviceId", call.id("device-id"));
  }

  private static Sql operation(Call call) {
    return OPERATION.with("deviceId", call.id("device-id")).with("id", call.id("operation-id"));
  }

  private static Sql release(Call call) {
    return BY_ID.with("id", call.id("release-id"));
  }

  private static Sql artifact(Call call) {
    return ARTIFACT.with("releaseId", call.id("release-id")).with("name", call.key("file-name"));
  }
}
