package dev.fettle.teams;

import dev.fettle.base.EnumNames;
import dev.fettle.base.Refusal;
import dev.fettle.directory.OwnerKind;
import dev.fettle.graph.BindAnnotation;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies about installations. The schema has checked names and types before. */
final class InstallationJson {

  private InstallationJson() {}

  /** C of a body, or null if it says nothing. */
  static @Nullable PermissionSet consented(@Nullable ObjectNode body) {
    JsonNode set = body == null ? null : body.get("consentedPermissionSet");
    JsonNode list = set == null ? null : set.get("resourceSpecificPermissions");
    if (list == null || !list.isArray()) {
      return null;
    }
    List<Permission> permissions = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode one = list.get(i);
      String path = "consentedPermissionSet/resourceSpecificPermissions/" + i;
      JsonNode type = one.get("permissionType");
      permissions.add(
          new Permission(
              text(one, "permissionValue", path), type(type == null ? "" : type.asString(), path)));
    }
    return PermissionSet.of(permissions);
  }

  /** The catalogue's id of the app that a body binds. */
  static String appId(ObjectNode body) {
    for (String name : body.propertyNames()) {
      // Whoever names a definition wants that version, and would silently get the newest.
      if (name.equals("consentedPermissionSet")
          || name.equalsIgnoreCase("teamsApp@odata.bind")
          || (name.indexOf('@') >= 0 && !name.toLowerCase(Locale.ROOT).endsWith("@odata.bind"))
          || !body.hasNonNull(name)) {
        continue;
      }
      throw Refusal.invalid(
          name,
          "'%s' cannot be set when an app is added: the body has 'teamsApp@odata.bind' and, if the app requires it, consentedPermissionSet. What is installed is the newest published version."
              .formatted(name));
    }
    return BindAnnotation.key(body, "teamsApp", "appCatalogs/teamsApps")
        .orElseThrow(
            () ->
                Refusal.invalid(
                    "teamsApp@odata.bind",
                    "The body needs 'teamsApp@odata.bind' with the URL of an app of the"
                        + " catalog."));
  }

  static ObjectNode write(UpgradePreview preview, OwnerKind kind, String context) {
    ObjectNode node = Json.object();
    node.put("@odata.context", context);
    node.put("installedVersion", preview.installedVersion());
    node.put("newestVersion", preview.newestVersion());
    node.put("upToDate", preview.upToDate());
    node.put("consentRequired", preview.consentRequired());
    node.set("permissionsRequired", PermissionJson.write(preview.required()));
    node.set("permissionsAdded", PermissionJson.write(preview.added()));
    node.set("permissionsDropped", PermissionJson.write(preview.dropped()));
    ArrayNode lacking = node.putArray("permissionsLacking");
    preview.lacking().forEach(lacking::add);
    node.put("refusal", preview.refusal());
    SubmittedVersion submitted = preview.submitted();
    node.put("submittedVersion", submitted == null ? null : submitted.version());
    node.set(
        "permissionsSubmitted",
        PermissionJson.write(
            submitted == null ? PermissionSet.EMPTY : submitted.requiredSet().part(kind)));
    node.put("approval", submitted == null ? null : submitted.approval());
    return node;
  }

  private static String text(JsonNode one, String name, String path) {
    JsonNode value = one.get(name);
    if (value == null || !value.isString() || value.stringValue().isBlank()) {
      throw Refusal.invalid(
          path + "/" + name, "A value is required for property '%s'.".formatted(name));
    }
    return value.stringValue();
  }

  private static Permission.Type type(String text, String path) {
    return EnumNames.find(Permission.Type.class, text)
        .orElseThrow(
            () ->
                Refusal.invalid(
                    path + "/permissionType",
                    "permissionType must be 'application' or 'delegated'."));
  }
}
