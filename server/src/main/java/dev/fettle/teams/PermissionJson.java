package dev.fettle.teams;

import dev.fettle.base.EnumNames;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Permission sets in the shape of {@code teamsAppPermissionSet}, stored and on the wire alike. */
final class PermissionJson {

  private PermissionJson() {}

  /** The collection {@code resourceSpecificPermissions}. */
  static ArrayNode write(PermissionSet set) {
    ArrayNode list = Json.object().arrayNode();
    for (Permission permission : set.permissions()) {
      list.addObject()
          .put("permissionValue", permission.value())
          .put("permissionType", permission.type().text());
    }
    return list;
  }

  /** Reads a stored collection. */
  static PermissionSet read(JsonNode list) {
    List<Permission> permissions = new ArrayList<>();
    for (JsonNode one : list) {
      permissions.add(
          new Permission(
              one.path("permissionValue").stringValue(),
              EnumNames.find(Permission.Type.class, one.path("permissionType").stringValue())
                  .orElseThrow()));
    }
    return PermissionSet.of(permissions);
  }

  /** Reads a stored collection that is null where it is empty. */
  static PermissionSet readOrEmpty(@Nullable JsonNode list) {
    return list == null || list.isNull() ? PermissionSet.EMPTY : read(list);
  }

  /** Writes a collection that is stored as null where it is empty. */
  static @Nullable ArrayNode writeOrNull(PermissionSet set) {
    return set.isEmpty() ? null : write(set);
  }
}
