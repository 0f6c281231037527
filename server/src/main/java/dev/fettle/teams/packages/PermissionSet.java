package dev.fettle.teams.packages;

import dev.fettle.directory.OwnerKind;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A set of resource-specific permissions, printed in the order in which they were declared. */
public record PermissionSet(SequencedSet<Permission> permissions) {

  /** As many as a manifest can hold; a refusal that names more helps nobody. */
  private static final int MOST_NAMED = 100;

  /** The set without permissions. */
  public static final PermissionSet EMPTY = of(List.of());

  public PermissionSet {
    permissions = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(permissions));
  }

  /** The set of these permissions; one that is given twice counts once. */
  public static PermissionSet of(Collection<Permission> permissions) {
    return new PermissionSet(new LinkedHashSet<>(permissions));
  }

  /** The permissions that are granted in owners of this kind. */
  public PermissionSet part(OwnerKind kind) {
    return only(one -> one.belongsTo(kind));
  }

  /** The permissions that the app uses by itself. */
  public PermissionSet application() {
    return only(one -> one.type() == Permission.Type.APPLICATION);
  }

  /** The permissions that this set has and the other has not. */
  public PermissionSet without(PermissionSet other) {
    return only(one -> !other.permissions.contains(one));
  }

  /** True if nothing is in it. */
  public boolean isEmpty() {
    return permissions.isEmpty();
  }

  /** True if the same permissions are in both, in whatever order. */
  public boolean sameAs(PermissionSet other) {
    return permissions.equals(other.permissions);
  }

  /** As refusals name it. */
  @Override
  public String toString() {
    String first =
        permissions.stream()
            .limit(MOST_NAMED)
            .map(Permission::toString)
            .collect(Collectors.joining(", "));
    int more = permissions.size() - MOST_NAMED;
    return more <= 0 ? first : first + " and %d more".formatted(more);
  }

  private PermissionSet only(Predicate<Permission> wanted) {
    LinkedHashSet<Permission> some = new LinkedHashSet<>();
    for (Permission permission : permissions) {
      if (wanted.test(permission)) {
        some.add(permission);
      }
    }
    return some.size() == permissions.size() ? this : new PermissionSet(some);
  }
}
