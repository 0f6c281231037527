package dev.fettle.teams.packages;

import dev.fettle.base.EnumNames;
import dev.fettle.directory.OwnerKind;
import java.util.Comparator;

/**
 * One resource-specific permission. The same name can exist in both types, so name and type
 * together are its identity.
 *
 * @param value its name, such as {@code ChatMember.Read.Chat}
 */
public record Permission(String value, Type type) implements Comparable<Permission> {

  private static final Comparator<Permission> ORDER =
      Comparator.comparing(Permission::value).thenComparing(Permission::type);

  /** Kinds of users of a permission. */
  public enum Type {
    /** A user through the app. */
    DELEGATED,
    /** The app by itself. */
    APPLICATION;

    /** The name in the schema. */
    public String text() {
      return EnumNames.of(this);
    }
  }

  /** True if the permission is granted in owners of this kind. */
  public boolean belongsTo(OwnerKind kind) {
    return switch (value.substring(value.lastIndexOf('.') + 1)) {
      case "User" -> kind == OwnerKind.USER;
      case "Chat" -> kind == OwnerKind.CHAT;
      case "Group" -> kind == OwnerKind.TEAM;
      default -> true;
    };
  }

  @Override
  public int compareTo(Permission other) {
    return ORDER.compare(this, other);
  }

  /** As refusals name it. */
  @Override
  public String toString() {
    return value + " (" + type.text() + ")";
  }
}
