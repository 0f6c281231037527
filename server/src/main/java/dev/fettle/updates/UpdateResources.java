package dev.fettle.updates;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Operator;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;

/** The readable resources of operations and releases. */
final class UpdateResources {

  private static final int USUAL_PAGE = 20;
  private static final int LARGEST_PAGE = 50;

  static final Resource RELEASES =
      Resource.of("fettle.release")
          .from("updates_release t")
          .key("id", "id")
          .enumeration("softwareType", "software_type")
          .text("version", "version")
          .text("displayName", "display_name")
          .enumerations("deviceTypes", "device_types")
          .texts("models", "models")
          .enumeration("state", "state")
          .json("createdBy", "created_by")
          .time("createdDateTime", "created_date_time")
          .json("lastModifiedBy", "last_modified_by")
          .time("lastModifiedDateTime", "last_modified_date_time")
          .time("publishedDateTime", "published_date_time")
          .time("withdrawnDateTime", "withdrawn_date_time")
          .toMany("artifacts", () -> UpdateResources.ARTIFACTS, "id", "release_id")
          .options(
              Option.FILTER, Option.TOP, Option.SELECT, Option.COUNT, Option.ORDERBY, Option.EXPAND)
          .filterable("softwareType", Operator.EQ, Operator.IN)
          .filterable("version", Operator.EQ)
          .filterable("state", Operator.EQ, Operator.IN)
          .sortable("createdDateTime", "publishedDateTime", "softwareType", "version")
          .neverNull("createdDateTime")
          .orderBy("createdDateTime desc")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .build();

  static final Resource ARTIFACTS =
      Resource.of("fettle.artifact")
          .from("updates_artifact t")
          .key("id", "file_name")
          .text("fileName", "file_name")
          .bigint("size", "size")
          .text("sha256", "sha256")
          .text("sha1", "sha1")
          .text("md5", "md5")
          .json("createdBy", "created_by")
          .time("createdDateTime", "created_date_time")
          .options(Option.TOP, Option.SELECT, Option.COUNT)
          .orderBy("id")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .build();

  /** The reports of a device on an operation, in the order in which they came. */
  static final Resource REPORTS =
      Resource.of("fettle.report")
          .from("updates_operation_report t")
          .key("id", "t.number::text")
          .integer("number", "number")
          .time("receivedDateTime", "received_date_time")
          .text("execution", "execution")
          .text("finished", "finished")
          .integer("code", "code")
          .texts("details", "details")
          .options(Option.TOP, Option.SELECT, Option.COUNT, Option.ORDERBY)
          .sortable("number")
          .neverNull("number")
          .orderBy("number")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .build();

  private UpdateResources() {}

  /** The operations of devices, with their states spelt as the setting says. */
  static Resource operations(UpdateSettings.StatusSpelling spelling) {
    String status =
        switch (spelling) {
          case ACTION_PAGES -> "status";
          case RESOURCE_PAGE ->
              "case t.status when 'succeeded' then 'successful' else t.status end";
        };
    return Resource.of("microsoft.graph.teamworkDeviceOperation")
        .from("updates_operation t")
        .key("id", "id")
        .text("status", status)
        .enumeration("operationType", "operation_type")
        .json(
            "error",
            """
            case when t.error_code is not null or t.error_message is not null then
              jsonb_build_object('code', t.error_code, 'message', t.error_message) end\
            """)
        .time("startedDateTime", "started_date_time")
        .time("completedDateTime", "completed_date_time")
        .time("createdDateTime", "created_date_time")
        .time("lastActionDateTime", "last_action_date_time")
        .json("createdBy", "created_by")
        .json("lastActionBy", "last_action_by")
        .typed()
        .options(Option.TOP, Option.SELECT, Option.COUNT)
        .entityOptions(Option.SELECT)
        .orderBy("createdDateTime desc,id desc")
        .neverNull("createdDateTime")
        .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
        .alwaysCount()
        .build();
  }
}
