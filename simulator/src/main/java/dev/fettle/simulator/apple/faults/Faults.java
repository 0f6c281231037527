package dev.fettle.simulator.apple.faults;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The faults in force, in the order they were set. */
public final class Faults {
  private final List<Armed> armed = new ArrayList<>();

  private static final class Armed {
    private final Fault fault;
    private int skip;
    private int times;

    Armed(Fault fault) {
      this.fault = fault;
      skip = fault.match().skip();
      times = fault.match().times();
    }
  }

  /** Puts a fault in force, behind those that are. */
  public synchronized void add(Fault fault) {
    armed.add(new Armed(fault));
  }

  /** Ends all faults. */
  public synchronized void clear() {
    armed.clear();
  }

  /** The faults in force. */
  public synchronized List<Fault> list() {
    return armed.stream().map(one -> one.fault).toList();
  }

  /** The effects on one request; each fault that matches counts it. */
  public synchronized List<Fault.Effect> strike(
      String operation, @Nullable String library, @Nullable Integer pageIndex) {
    List<Fault.Effect> effects = new ArrayList<>();
    for (Iterator<Armed> all = armed.iterator(); all.hasNext(); ) {
      Armed one = all.next();
      if (!matches(one.fault.match(), operation, library, pageIndex)) {
        continue;
      }
      if (one.skip > 0) {
        one.skip--;
        continue;
      }
      effects.add(one.fault.effect());
      if (one.times > 0) {
        one.times--;
      }
      if (one.times == 0) {
        all.remove();
      }
    }
    return effects;
  }

  private static boolean matches(
      Fault.Match match, String operation, @Nullable String library, @Nullable Integer pageIndex) {
    return (match.operation() == null || match.operation().equals(operation))
        && (match.library() == null || match.library().equals(library))
        && (match.pageIndex() == null || Objects.equals(match.pageIndex(), pageIndex));
  }
}
