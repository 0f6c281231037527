package dev.fettle.vpp.apple;

import java.util.List;

/**
 * How far Apple has come with an event. A failed one has done part of its tasks all the same.
 *
 * @param requested how many tasks it has: assets times targets
 * @param completed how many of them are done
 * @param failures why others are not
 */
public record EventStatus(State state, int requested, int completed, List<Failure> failures) {

  /** Where an event is. */
  public enum State {
    /** Being worked on. */
    PENDING,
    /** Everything was done. */
    COMPLETE,
    /** Something was not done. */
    FAILED
  }

  /** One reason and whom it hit. */
  public record Failure(AppleError error, List<String> clientUserIds, List<String> serialNumbers) {
    public Failure {
      clientUserIds = List.copyOf(clientUserIds);
      serialNumbers = List.copyOf(serialNumbers);
    }
  }

  public EventStatus {
    failures = List.copyOf(failures);
  }

  /** How many tasks were not done. */
  public int failed() {
    return Math.max(0, requested - completed);
  }
}
