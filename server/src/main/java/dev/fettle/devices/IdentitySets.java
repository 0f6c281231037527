package dev.fettle.devices;

import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Who did something, in the shape of Graph's identitySet. */
public final class IdentitySets {

  private IdentitySets() {}

  /** The caller: the user of a delegated call, the app of any other. */
  public static ObjectNode of(Caller caller) {
    ObjectNode set = Json.object();
    switch (caller.kind()) {
      case APPLICATION -> {
        set.set("application", identity(caller.appId(), caller.appName()));
        set.putNull("device");
        set.putNull("user");
      }
      case DELEGATED -> {
        String userId = caller.userId();
        ObjectNode user = identity(userId == null ? "" : userId, caller.userName());
        user.put("@odata.type", "#microsoft.graph.teamworkUserIdentity");
        user.put("userIdentityType", "aadUser");
        set.putNull("application");
        set.putNull("device");
        set.set("user", user);
      }
    }
    return set;
  }

  /** A device itself. */
  public static ObjectNode ofDevice(String deviceId, @Nullable String name) {
    ObjectNode set = Json.object();
    set.putNull("application");
    set.set("device", identity(deviceId, name));
    set.putNull("user");
    return set;
  }

  /** The server, acting by itself. */
  public static ObjectNode ofServer() {
    ObjectNode set = Json.object();
    set.set("application", identity("fettle", "Fettle"));
    set.putNull("device");
    set.putNull("user");
    return set;
  }

  private static ObjectNode identity(String id, @Nullable String name) {
    ObjectNode identity = Json.object();
    identity.put("id", id);
    identity.put("displayName", name);
    return identity;
  }
}
