package dev.fettle.teams.consent;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;

/** A set of resource-specific permissions, printed in the order in which they were declared. */
public record PermissionSet(SequencedSet<Permission> permissions) {

  /** The set without permissions. */
  public static final PermissionSet EMPTY = of(List.of());

  public PermissionSet {
    permissions = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(permissions));
  }

  /** The set of these permissions; one that is given twice counts once. */
  public static PermissionSet of(Collection<Permission> permissions) {
    return new PermissionSet(new LinkedHashSet<>(permissions));
  }

  /** The permissions that are granted in owners of this scope. */
  public PermissionSet part(Scope scope) {
    return of(permissions.stream().filter(one -> one.belongsTo(scope)).toList());
  }

  /** The permissions that the app uses by itself. */
  public PermissionSet application() {
    return of(
        permissions.stream().filter(one -> one.type() == Permission.Type.APPLICATION).toList());
  }

  /** What this set has and the other has not. */
  public PermissionSet without(PermissionSet other) {
    return of(permissions.stream().filter(one -> !other.permissions.contains(one)).toList());
  }

  /** Whether nothing is in it. */
  public boolean isEmpty() {
    return permissions.isEmpty();
  }

  /** Whether the same permissions are in both, in whatever order. */
  public boolean sameAs(PermissionSet other) {
    return Set.copyOf(permissions).equals(Set.copyOf(other.permissions));
  }

  /** As refusals name it. */
  @Override
  public String toString() {
    return permissions.stream().map(Permission::toString).collect(Collectors.joining(", "));
  }
}
