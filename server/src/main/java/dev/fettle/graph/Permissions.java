package dev.fettle.graph;

import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.identity.Caller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The permissions that open an operation: any one of a list suffices. Lists go from the least
 * privileged up, as the reference prints them and as refusals name them. The document {@code
 * csdl/permissions.txt} has them for each operation.
 *
 * @param delegated for users through an app; empty if not supported
 * @param application for apps by themselves; empty if not supported
 * @param resourceSpecific permissions that count if granted in the addressed target
 * @param target what the resource-specific permissions are granted in: {@code chat}, {@code team},
 *     {@code user}
 * @param targetKey the template's key that holds the target's id
 * @param narrow those of the lists that open the operation for a part of what it can reach: a
 *     caller that has nothing else is asked for its resource-specific permissions as well
 */
public record Permissions(
    List<String> delegated,
    List<String> application,
    List<String> resourceSpecific,
    @Nullable String target,
    @Nullable String targetKey,
    Set<String> narrow) {

  public Permissions {
    delegated = List.copyOf(delegated);
    application = List.copyOf(application);
    resourceSpecific = List.copyOf(resourceSpecific);
    narrow = Set.copyOf(narrow);
  }

  /**
   * The permissions of an operation.
   *
   * @param path below the version root, as its row has it
   */
  public static Permissions of(GraphVersion version, String method, String path) {
    return Objects.requireNonNull(PermissionTable.find(version, method, path));
  }

  /** True if any valid access token opens the operation. */
  boolean isOpen() {
    return delegated.isEmpty() && application.isEmpty() && resourceSpecific.isEmpty();
  }

  /**
   * The permissions that open the operation for a kind of caller if its token has them.
   * Resource-specific ones are not among them: they count where they were granted, whatever a token
   * says.
   */
  List<String> tenantWide(Caller.Kind kind) {
    return switch (kind) {
      case DELEGATED -> delegated;
      case APPLICATION -> application;
    };
  }

  /** All that opens the operation for a kind of caller, resource-specific permissions last. */
  public List<String> accepted(Caller.Kind kind) {
    List<String> accepted = new ArrayList<>(tenantWide(kind));
    accepted.addAll(resourceSpecific);
    return accepted;
  }

  /**
   * The permissions by which a caller may call the operation; none if it may not.
   *
   * @param granted what was granted in the target
   */
  public Set<String> opening(Caller caller, Set<String> granted) {
    Set<String> opening = new HashSet<>();
    for (String permission : tenantWide(caller.kind())) {
      if (caller.permissions().contains(permission)) {
        opening.add(permission);
      }
    }
    resourceSpecific.stream().filter(granted::contains).forEach(opening::add);
    return opening;
  }
}
