package dev.fettle.graph.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
  private final OptionalLong sentinel;
  private final List<Member> late;

  EnumType(String qualifiedName, boolean flags, List<Member> declared) {
    this.qualifiedName = qualifiedName;
    this.flags = flags;
    List<Member> sorted = new ArrayList<>(declared);
    sorted.sort(Comparator.comparingLong(Member::value));
    this.members = List.copyOf(sorted);
    OptionalLong found = OptionalLong.empty();
    for (Member member : members) {
      byName.put(member.name().toLowerCase(Locale.ROOT), member);
      if (member.name().equals(SENTINEL)) {
        found = OptionalLong.of(member.value());
      }
    }
    this.sentinel = found;
    this.late = members.stream().filter(this::isLate).toList();
  }

  @Override
  public String qualifiedName() {
    return qualifiedName;
  }

  /** Whether a value may combine several members. */
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

  /** Whether the enumeration has the sentinel. */
  public boolean isEvolvable() {
    return sentinel.isPresent();
  }

  /** Whether the member stands above the sentinel and is shown only to callers who ask for it. */
  public boolean isLate(Member member) {
    return sentinel.isPresent() && member.value() > sentinel.getAsLong();
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
