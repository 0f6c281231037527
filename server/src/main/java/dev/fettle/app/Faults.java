package dev.fettle.app;

import dev.fettle.base.Reason;
import dev.fettle.http.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Faults that tests ask for; the next so many requests to a path meet them. */
final class Faults {
  /**
   * One of them.
   *
   * @param path the beginning of the request's path
   * @param method empty for any
   * @param status the status to answer, or 0 to answer as usual
   * @param delay how long to wait first
   * @param times how many requests meet it
   */
  record Fault(String path, String method, int status, Duration delay, long retryAfter, int times) {
    boolean meets(Request request) {
      return request.rawPath().startsWith(path)
          && (method.isEmpty() || method.equals(request.method()));
    }

    Fault once() {
      return new Fault(path, method, status, delay, retryAfter, times - 1);
    }

    Optional<Reason> reason() {
      String message =
          "A fault that was asked for at /fettle/dev/faults; nothing is wrong with the request.";
      return switch (status) {
        case 0 -> Optional.empty();
        case 429 ->
            Optional.of(new Reason.TooManyRequests(Duration.ofSeconds(retryAfter), message));
        default -> Optional.of(new Reason.Unavailable(Duration.ofSeconds(retryAfter), message));
      };
    }
  }

  private final List<Fault> faults = new ArrayList<>();

  synchronized void add(Fault fault) {
    faults.add(fault);
  }

  synchronized void clear() {
    faults.clear();
  }

  synchronized List<Fault> left() {
    return List.copyOf(faults);
  }

  /** The fault that this request meets, used up by one. */
  synchronized Optional<Fault> take(Request request) {
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      if (fault.meets(request)) {
        if (fault.times() <= 1) {
          faults.remove(i);
        } else {
          faults.set(i, fault.once());
        }
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
