package dev.fettle.audit;

import dev.fettle.identity.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The refusals of about the last minute, equal ones as one. The first of its kind is written at
 * once; those that follow within the minute cost a number in memory, which is added to its entry
 * later. Safe for any number of threads, but for {@link #write}, which is for one at a time.
 *
 * <p>Whoever varies what is refused gains little: beyond so many kinds, the refusals of a caller
 * differ by their action alone, and beyond so many of all callers by the tenant alone.
 */
final class RefusalCounts {
  static final int MOST_OF_A_CALLER = 100;

  private static final String MANY = "There were more refusals than are kept apart.";
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int AT_ONCE = 1_000;

  /** The refused caller, apart from what they may do. */
  record Actor(
      String tenantId,
      String kind,
      String appId,
      @Nullable String appName,
      @Nullable String userId,
      @Nullable String userName) {

    static Actor of(Caller caller) {
      return new Actor(
          caller.tenantId(),
          caller.kind() == Caller.Kind.APPLICATION ? "application" : "user",
          caller.appId(),
          caller.appName(),
          caller.userId(),
          caller.userName());
    }

    static Actor server(String tenantId, String part) {
      return new Actor(tenantId, "server", part, null, null, null);
    }
  }

  /** The parts that equal refusals share. */
  record Refused(Actor actor, String action, String targetKind, String targetId, String reason) {

    private Refused anywhere() {
      return new Refused(actor, action, targetKind, "", MANY);
    }

    private Refused ofAnybody() {
      return new Refused(Actor.server(actor.tenantId(), "audit"), "any", targetKind, "", MANY);
    }
  }

  /** A number of refusals to be added to an entry. */
  record More(String tenantId, String entryId, int occurrences) {}

  /**
   * @param stored whether the entry is there, so that something can be added to it
   */
  private record Counted(String entryId, long since, boolean stored, int more) {
    Counted more(int by) {
      return new Counted(entryId, since, stored, more + by);
    }
  }

  private record Noted(Refused refused, Counted counted) {}

  private final LongSupplier nanos;
  private final int most;
  private final ConcurrentMap<Refused, Counted> open = new ConcurrentHashMap<>();
  private final ConcurrentMap<Actor, Integer> kinds = new ConcurrentHashMap<>();

  RefusalCounts(LongSupplier nanos, int most) {
    this.nanos = nanos;
    this.most = most;
  }

  /**
   * Counts a refusal.
   *
   * @param entryId of the entry, if this is the first of its kind
   * @return what is to be written now; nothing if an entry has it already
   */
  Optional<Refused> count(Refused refused, String entryId) {
    Refused kept = kept(refused);
    Counted first = new Counted(entryId, nanos.getAsLong(), false, 0);
    Counted now = open.compute(kept, (any, known) -> known == null ? first : known.more(1));
    if (!now.entryId().equals(entryId)) {
      return Optional.empty();
    }
    kinds.merge(kept.actor(), 1, Integer::sum);
    return Optional.of(kept);
  }

  /** The entry of a refusal is written. */
  void stored(Refused refused) {
    open.computeIfPresent(
        refused, (any, known) -> new Counted(known.entryId(), known.since(), true, known.more()));
  }

  /** Forgets a refusal whose entry could not be written. */
  void forget(Refused refused) {
    if (open.remove(refused) != null) {
      release(refused);
    }
  }

  private Refused kept(Refused refused) {
    if (open.containsKey(refused)) {
      return refused;
    }
    if (open.size() >= most) {
      return refused.ofAnybody();
    }
    return kinds.getOrDefault(refused.actor(), 0) >= MOST_OF_A_CALLER
        ? refused.anywhere()
        : refused;
  }

  /** Hands over what was counted, in portions, and lets go of what is older than a minute. */
  void write(Consumer<List<More>> writer) {
    List<Noted> noted = new ArrayList<>();
    open.forEach(
        (refused, counted) -> {
          if (counted.stored() && (counted.more() > 0 || isOver(counted))) {
            noted.add(new Noted(refused, counted));
          }
        });
    for (int from = 0; from < noted.size(); from += AT_ONCE) {
      List<Noted> portion = noted.subList(from, Math.min(noted.size(), from + AT_ONCE));
      List<More> more =
          portion.stream()
              .filter(one -> one.counted().more() > 0)
              .map(
                  one ->
                      new More(
                          one.refused().actor().tenantId(),
                          one.counted().entryId(),
                          one.counted().more()))
              .toList();
      if (!more.isEmpty()) {
        writer.accept(more);
      }
      portion.forEach(this::written);
    }
  }

  private void written(Noted noted) {
    open.computeIfPresent(
        noted.refused(),
        (refused, counted) -> {
          Counted left = counted.more(-noted.counted().more());
          if (left.more() == 0 && isOver(left)) {
            release(refused);
            return null;
          }
          return left;
        });
  }

  private boolean isOver(Counted counted) {
    return nanos.getAsLong() - counted.since() >= MINUTE;
  }

  private void release(Refused refused) {
    kinds.computeIfPresent(refused.actor(), (any, count) -> count == 1 ? null : count - 1);
  }
}
