package dev.fettle.simulator.apple.api;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The operations of the API, by the names that service/config's urls give them. */
public enum Operation {
  SERVICE_CONFIG("serviceConfig", "/service/config", "GET"),
  CLIENT_CONFIG("clientConfig", "/client/config", "GET or POST"),
  GET_ASSETS("getAssets", "/assets", "GET"),
  GET_ASSIGNMENTS("getAssignments", "/assignments", "GET"),
  ASSOCIATE("associateAssets", "/assets/associate", "POST"),
  DISASSOCIATE("disassociateAssets", "/assets/disassociate", "POST"),
  REVOKE("revokeAssets", "/assets/revoke", "POST"),
  GET_USERS("getUsers", "/users", "GET"),
  CREATE_USERS("createUsers", "/users/create", "POST"),
  UPDATE_USERS("updateUsers", "/users/update", "POST"),
  RETIRE_USERS("retireUsers", "/users/retire", "POST"),
  EVENT_STATUS("eventStatus", "/status", "GET");

  /** How the paths of all operations begin. */
  public static final String PREFIX = "/mdm/v2";

  private final String wire;
  private final String path;
  private final String methods;

  Operation(String wire, String path, String methods) {
    this.wire = wire;
    this.path = PREFIX + path;
    this.methods = methods;
  }

  /** Its name in service/config's urls. */
  public String wire() {
    return wire;
  }

  String path() {
    return path;
  }

  boolean allows(String method) {
    return Arrays.asList(methods.split(" or ", -1)).contains(method);
  }

  /** The names of all operations. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Operation::wire).toList();
  }

  /** The operation at this path. */
  public static Optional<Operation> at(String path) {
    return Arrays.stream(values()).filter(operation -> operation.path.equals(path)).findFirst();
  }
}
