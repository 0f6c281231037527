package dev.fettle.graph.query;

import dev.fettle.graph.schema.EnumType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The rules of evolvable enumerations for answers, filters and order. */
final class EvolvableEnums {

  private EvolvableEnums() {}

  /** The name that a caller is shown for a stored member. */
  static String shown(EnumType type, String stored, boolean lateMembers) {
    if (!lateMembers && !type.lateMembers().isEmpty()) {
      for (EnumType.Member late : type.lateMembers()) {
        if (late.name().equals(stored)) {
          return EnumType.SENTINEL;
        }
      }
    }
    return stored;
  }

  /**
   * The stored members that equal a named one: itself, and for the sentinel every member above it,
   * since that is what the caller sees there. A caller who sees the late members by name sees the
   * sentinel nowhere.
   */
  static List<String> matching(EnumType type, EnumType.Member named, boolean lateMembers) {
    if (!named.name().equals(EnumType.SENTINEL)) {
      return List.of(named.name());
    }
    List<String> names = new ArrayList<>();
    if (!lateMembers) {
      names.add(EnumType.SENTINEL);
      type.lateMembers().forEach(late -> names.add(late.name()));
    }
    return names;
  }

  /** An expression for the place of a stored member in the order of numbers. */
  static String rank(EnumType type, String sql) {
    return "array_position('{"
        + type.members().stream().map(EnumType.Member::name).collect(Collectors.joining(","))
        + "}'::text[], "
        + sql
        + ")";
  }

  /** The place of a member in the order of numbers, from 1 as in SQL. */
  static int rank(EnumType type, EnumType.Member member) {
    return type.members().indexOf(member) + 1;
  }
}
