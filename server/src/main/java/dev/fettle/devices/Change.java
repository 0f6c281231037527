package dev.fettle.devices;

import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The author and the time of a change.
 *
 * @param by Graph's identitySet of a caller, a device or the server
 */
public record Change(ObjectNode by, Instant now) {

  /** A change by a caller: the user of a delegated call, the app of any other. */
  public static Change by(Caller caller, Instant now) {
    if (caller.kind() == Caller.Kind.APPLICATION) {
      return new Change(set("application", identity(caller.appId(), caller.appName())), now);
    }
    ObjectNode user = identity(caller.userId() == null ? "" : caller.userId(), caller.userName());
    user.put("@odata.type", "#microsoft.graph.teamworkUserIdentity");
    user.put("userIdentityType", "aadUser");
    return new Change(set("user", user), now);
  }

  /** A change by a device itself. */
  public static Change by(AuthenticatedDevice device, Instant now) {
    return byDevice(device.deviceId(), device.controllerId(), now);
  }

  static Change byDevice(String deviceId, String controllerId, Instant now) {
    return new Change(set("device", identity(deviceId, controllerId)), now);
  }

  /** A change by the server. */
  public static Change byServer(Instant now) {
    return new Change(set("application", identity("fettle", "Fettle")), now);
  }

  private static ObjectNode set(String name, ObjectNode identity) {
    ObjectNode set = Json.object().putNull("application").putNull("device").putNull("user");
    set.set(name, identity);
    return set;
  }

  private static ObjectNode identity(String id, @Nullable String name) {
    return Json.object().put("id", id).put("displayName", name);
  }
}
