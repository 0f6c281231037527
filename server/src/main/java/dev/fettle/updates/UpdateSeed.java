package dev.fettle.updates;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.EnumNames;
import dev.fettle.base.Guids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.Change;
import dev.fettle.devices.DeviceSeed;
import dev.fettle.devices.SoftwareType;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Puts releases and operations of a seed document into a tenant exactly as the document describes
 * them. What is there already, by its id, is left alone.
 */
public final class UpdateSeed {

  // An operation that has ended ended at some time, whether the document says so or not.
  private static final Sql OPERATION =
      Sql.of(
          """
          insert into updates_operation
            (tenant_id, device_id, id, operation_type, status, created_by, created_date_time,
             started_date_time, completed_date_time, last_action_by, last_action_date_time,
             deadline_date_time, is_seeded, action_number)
          select :tenantId, :deviceId, :id, o."operationType", o.status, o."createdBy",
            o."createdDateTime", o."startedDateTime",
            case when :ended
              then coalesce(o."completedDateTime", o."lastActionDateTime", o."createdDateTime") end,
            o."lastActionBy", o."lastActionDateTime", o."createdDateTime" + interval '1 day', true,
            nextval('updates_action_number')
          from jsonb_to_record(:operation) as o (
            "operationType" text, status text, "createdBy" jsonb, "createdDateTime" timestamptz,
            "startedDateTime" timestamptz, "completedDateTime" timestamptz, "lastActionBy" jsonb,
            "lastActionDateTime" timestamptz)
          on conflict do nothing
          """);

  /** Files of a seed are written out in it, so they are small. */
  private static final int LARGEST_FILE = 1 << 20;

  private final Db db;
  private final ContentStore contents;

  public UpdateSeed(Db db, ContentStore contents) {
    this.db = db;
    this.contents = contents;
  }

  /** Applies the members {@code releases} and {@code operations} of the document. */
  public void apply(String tenantId, JsonNode document) {
    Map<String, Content> files = new HashMap<>();
    for (JsonNode artifact : document.path("releases").findValues("artifacts")) {
      artifact.forEach(one -> files.computeIfAbsent(text(one, "text"), this::store));
    }
    db.run(
        tx -> {
          for (JsonNode release : document.path("releases")) {
            release(tx, tenantId, release, files);
          }
          for (JsonNode operation : document.path("operations")) {
            tx.update(
                OPERATION
                    .with("tenantId", tenantId)
                    .with("deviceId", Guids.canonical(text(operation, "deviceId")))
                    .with("id", Guids.canonical(text(operation, "id")))
                    .with("ended", status(operation).isFinal())
                    .with("operation", DeviceSeed.withTimes(operation)));
          }
        });
  }

  private static OperationStatus status(JsonNode operation) {
    String word = text(operation, "status");
    return EnumNames.find(OperationStatus.class, word).orElseThrow(() -> unknown(word));
  }

  private Content store(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return contents.put(new ByteArrayInputStream(bytes), LARGEST_FILE, bytes.length);
  }

  private static void release(
      Tx tx, String tenantId, JsonNode release, Map<String, Content> files) {
    String id = Guids.canonical(text(release, "id"));
    String type = text(release, "softwareType");
    Instant created = Instant.parse(text(release, "createdDateTime"));
    Release described =
        new Release(
            SoftwareType.of(type).orElseThrow(() -> unknown(type)),
            text(release, "version"),
            release.path("displayName").isString() ? text(release, "displayName") : null,
            texts(release.path("deviceTypes")),
            ReleaseRules.models(texts(release.path("models"))));
    Instant published = Instant.parse(text(release, "publishedDateTime"));
    if (!ReleaseStore.seed(tx, tenantId, id, described, created, published)) {
      // It keeps the files that it was published with.
      return;
    }
    for (JsonNode artifact : release.path("artifacts")) {
      ReleaseStore.saveArtifact(
          tx,
          tenantId,
          id,
          text(artifact, "fileName"),
          Objects.requireNonNull(files.get(text(artifact, "text"))),
          Change.byServer(created));
    }
  }

  private static IllegalArgumentException unknown(String word) {
    return new IllegalArgumentException("A seeded entry has an unknown word: '" + word + "'.");
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException("A seeded entry lacks '" + name + "'.");
    }
    return value.stringValue();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
