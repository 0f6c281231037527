package dev.fettle.app;

import dev.fettle.jobs.WorkRecord;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The state of this server's background work, for people and as metrics. */
final class BackgroundWork {
  private final Supplier<List<WorkRecord>> records;
  private final Set<String> metered = ConcurrentHashMap.newKeySet();

  BackgroundWork(Supplier<List<WorkRecord>> records) {
    this.records = records;
  }

  /** Adds the state of each kind. */
  ObjectNode in(ObjectNode document) {
    ArrayNode all = document.putArray("work");
    for (WorkRecord work : records.get()) {
      all.addObject()
          .put("name", work.name())
          .put("lastRunDateTime", text(work.lastRun()))
          .put("lastSuccessDateTime", text(work.lastSuccess()))
          .put("failures", work.failures());
    }
    return document;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  /** Registers the metrics of the kinds that have none yet. */
  void meter(MeterRegistry registry) {
    for (WorkRecord work : records.get()) {
      if (metered.add(work.name())) {
        meter(registry, work.name());
      }
    }
  }

  private void meter(MeterRegistry registry, String name) {
    FunctionCounter.builder("fettle.work.runs", this, all -> all.of(name, WorkRecord::runs))
        .description("Runs of background work")
        .tag("kind", name)
        .register(registry);
    FunctionCounter.builder("fettle.work.failures", this, all -> all.of(name, WorkRecord::failures))
        .description("Runs of background work that failed")
        .tag("kind", name)
        .register(registry);
    time(registry, name, "fettle.work.last.run", "begun", WorkRecord::lastRun);
    time(registry, name, "fettle.work.last.success", "done well", WorkRecord::lastSuccess);
  }

  private void time(
      MeterRegistry registry,
      String name,
      String metric,
      String what,
      Function<WorkRecord, @Nullable Instant> when) {
    Gauge.builder(metric, this, all -> all.of(name, work -> seconds(when.apply(work))))
        .description("When background work was last " + what + ", in seconds since 1970")
        .baseUnit("seconds")
        .tag("kind", name)
        .register(registry);
  }

  private double of(String name, ToDoubleFunction<WorkRecord> value) {
    Optional<WorkRecord> found =
        records.get().stream().filter(work -> work.name().equals(name)).findFirst();
    return found.isEmpty() ? Double.NaN : value.applyAsDouble(found.get());
  }

  private static double seconds(@Nullable Instant time) {
    return time == null ? Double.NaN : time.toEpochMilli() / 1000.0;
  }
}
