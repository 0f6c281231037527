package dev.fettle.graph.schema;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An enumeration with its members in the order of their values. */
public final class EnumType implements Type {

  /** The member that closes the known members of an evolvable enumeration. */
  public static final String SENTINEL = "unknownFutureValue";

  /** A member: its name as the schema spells it, and its number. */
  public record Member(String name, long value) {}

  private final String qualifiedName;
  private final boolean flags;
  private final List<Member> members;
  private final Map<String, Member> byName = new HashMap<>();
  private final List<Member> late;

  EnumType(String qualifiedName, boolean flags, List<Member> declared) {
    this.qualifiedName = qualifiedName;
    this.flags = flags;
    this.members = declared.stream().sorted(Comparator.comparingLong(Member::value)).toList();
    members.forEach(member -> byName.put(member.name().toLowerCase(Locale.ROOT), member));
    Member sentinel = byName.get(SENTINEL.toLowerCase(Locale.ROOT));
    this.late =
        sentinel == null
            ? List.of()
            : members.stream().filter(member -> member.value() > sentinel.value()).toList();
  }

  @Override
  public String qualifiedName() {
    return qualifiedName;
  }

  /** True if a value may combine several members. */
  public boolean isFlags() {
    return flags;
  }

  /** All members, by ascending number. */
  public List<Member> members() {
    return members;
  }

  /** The member of that name in any letter case. */
  public Optional<Member> member(String name) {
    Member exact = byName.get(name);
    return exact != null
        ? Optional.of(exact)
        : Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
  }

  /** True if the member stands above the sentinel and is shown only to callers who ask for it. */
  public boolean isLate(Member member) {
    return late.contains(member);
  }

  /** The members above the sentinel. */
  public List<Member> lateMembers() {
    return late;
  }

  @Override
  public String toString() {
    return qualifiedName;
  }
}
