package dev.fettle.graph;

import java.util.Set;

/**
 * The properties that a body which changes an entity may carry.
 *
 * @param names of the properties that can be changed
 * @param moving names of those that the server changes by itself: they may have another value by
 *     the time that somebody sends the whole entity back
 */
public record ChangeableProperties(Set<String> names, Set<String> moving) {

  public ChangeableProperties {
    names = Set.copyOf(names);
    moving = Set.copyOf(moving);
  }

  /** The properties of an entity that the server leaves alone. */
  public static ChangeableProperties of(Set<String> names) {
    return new ChangeableProperties(names, Set.of());
  }
}
