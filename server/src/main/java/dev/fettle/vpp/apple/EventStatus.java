package dev.fettle.vpp.apple;

/**
 * The state of an event that Apple works on. A failed one has done part of its tasks all the same.
 *
 * @param requested how many tasks it has: assets times holders
 * @param completed how many of them are done
 */
public record EventStatus(State state, int requested, int completed) {

  /** States of an event. */
  public enum State {
    /** Being worked on. */
    PENDING,
    /** Everything was done. */
    COMPLETE,
    /** Something was not done. */
    FAILED
  }

  /** The number of tasks that were not done. */
  public int failed() {
    return Math.max(0, requested - completed);
  }
}
