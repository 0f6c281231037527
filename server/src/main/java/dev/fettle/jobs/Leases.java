package dev.fettle.jobs;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of all servers, watched by one of them. A lease holds as long as its count goes up;
 * one whose count this server saw stand still for the length of a lease belongs to a server that
 * died. No time of one machine is ever held against that of another, so a clock that jumps neither
 * ends a lease nor prolongs it. For one thread.
 */
final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  private record Seen(int renewals, long since) {}

  private final JobStore store;
  private final LongSupplier nanos;
  private final Duration length;
  private final Map<String, Seen> seen = new HashMap<>();

  Leases(JobStore store, LongSupplier nanos, Duration length) {
    this.store = store;
    this.nanos = nanos;
    this.length = length;
  }

  /** Renews this server's own leases, and ends those that nobody renews. */
  void keep(Collection<String> own) {
    store.renew(own);
    Map<String, JobStore.Lease> all =
        store.leases().stream().collect(Collectors.toMap(JobStore.Lease::owner, lease -> lease));
    seen.keySet().retainAll(all.keySet());
    long now = nanos.getAsLong();
    for (JobStore.Lease lease : all.values()) {
      Seen before = seen.get(lease.owner());
      if (before == null || before.renewals() != lease.renewals()) {
        seen.put(lease.owner(), new Seen(lease.renewals(), now));
      } else if (now - before.since() >= length.toNanos() && store.endLease(lease)) {
        LOG.warn("event=job_lease_ended owner={}", lease.owner());
      }
    }
  }
}
