package dev.fettle.simulator.apple.library;

import java.util.ArrayList;
import java.util.List;

/**
 * A write that was accepted and is worked on task by task. Guarded by its library's monitor.
 *
 * <p>An event ends as FAILED when any task failed; the tasks that succeeded stay done.
 */
public final class Event {
  private final String id;
  private final Type type;
  private final List<Task> tasks;
  private final EventPace pace;
  private final List<Failure> failures = new ArrayList<>();
  private int worked;
  private int polls;

  Event(String id, Type type, List<Task> tasks, EventPace pace) {
    this.id = id;
    this.type = type;
    this.tasks = List.copyOf(tasks);
    this.pace = pace;
  }

  /** What was asked for, spelt as on the wire. */
  public enum Type {
    ASSOCIATE,
    DISASSOCIATE,
    REVOKE,
    CREATE,
    UPDATE,
    RETIRE;

    boolean aboutUsers() {
      return this == CREATE || this == UPDATE || this == RETIRE;
    }
  }

  /** A task that did not succeed, and why. */
  public record Failure(Task task, AppleError error) {}

  /** How far an event is, as a status request sees it. */
  public record Progress(
      Type type, State state, int completed, int requested, List<Failure> failures) {}

  /** The three states on the wire. */
  public enum State {
    PENDING,
    COMPLETE,
    FAILED
  }

  /** What a status request names it by. */
  public String id() {
    return id;
  }

  Type type() {
    return type;
  }

  /** How it gets to its end. */
  public EventPace pace() {
    return pace;
  }

  boolean done() {
    return worked == tasks.size();
  }

  int size() {
    return tasks.size();
  }

  /** How many tasks must be done by the status request that is being answered now. */
  int duePoll(int pending) {
    polls++;
    return polls > pending ? tasks.size() : (int) ((long) tasks.size() * polls / (pending + 1));
  }

  /** Takes the next task. */
  Task take() {
    return tasks.get(worked++);
  }

  void failed(Failure failure) {
    failures.add(failure);
  }

  Progress progress() {
    State state = !done() ? State.PENDING : failures.isEmpty() ? State.COMPLETE : State.FAILED;
    return new Progress(type, state, worked - failures.size(), tasks.size(), List.copyOf(failures));
  }
}
