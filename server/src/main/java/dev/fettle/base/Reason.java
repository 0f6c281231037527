package dev.fettle.base;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a refusal. The message is shown to the caller: it names the field and the rule and
 * never holds a secret. Each protocol edge maps a reason to its own status and body in one
 * exhaustive switch.
 */
public sealed interface Reason {

  /** The fault in words for a person; no secrets. */
  String message();

  /** One finding among several, as in the {@code details} of Graph's error resource. */
  record Detail(String code, String message, @Nullable String target) {}

  /**
   * The request itself is wrong: 400.
   *
   * @param code the protocol's code, usually {@code BadRequest}
   * @param target the property, parameter or option that is wrong, if one is
   */
  record Invalid(String code, String message, @Nullable String target, List<Detail> details)
      implements Reason {
    public Invalid {
      details = List.copyOf(details);
    }
  }

  /** No usable access token: 401. */
  record Unauthenticated(String code, String message) implements Reason {}

  /** The caller may not do this: 403. */
  record Forbidden(String code, String message) implements Reason {}

  /** The addressed thing does not exist for this caller: 404. */
  record NotFound(String code, String message) implements Reason {}

  /** The address exists and does not take this method: 405. */
  record MethodNotAllowed(Set<String> allowed, String message) implements Reason {
    public MethodNotAllowed {
      allowed = Set.copyOf(allowed);
    }
  }

  /** The answer cannot take the form that the caller accepts: 406. */
  record NotAcceptable(String message) implements Reason {}

  /** The current state of the thing does not allow this: 409. */
  record Conflict(String code, String message) implements Reason {}

  /** It was there and is over: 410. */
  record Gone(String message) implements Reason {}

  /** The entity tag that the caller gave is not the current one: 412. */
  record PreconditionFailed(String message) implements Reason {}

  /** The body, the address or a part of them is larger than allowed: 413. */
  record TooLarge(String message) implements Reason {}

  /** The body is in a media type that the address does not take: 415. */
  record UnsupportedMediaType(String message) implements Reason {}

  /** A range that lies outside the file of {@code length} bytes: 416. */
  record RangeNotSatisfiable(long length, String message) implements Reason {}

  /** A request that this one depends on failed: 424. */
  record FailedDependency(String message) implements Reason {}

  /** A limit was hit: 429. */
  record TooManyRequests(Duration retryAfter, String message) implements Reason {}

  /** Known to the protocol and not built here: 501. */
  record NotBuilt(String message) implements Reason {}

  /** Nobody can say whether the change was made: 500, since clients repeat a 503 by themselves. */
  record CompletionUnknown(String message) implements Reason {}

  /** A part that is needed is away or overloaded for now: 503. */
  record Unavailable(Duration retryAfter, String message) implements Reason {}

  /** There is no room left to store what was sent: 507. */
  record InsufficientStorage(String message) implements Reason {}

  /**
   * A reason that says more inside, as services behind the front end do: clients read the most
   * deeply nested code that they know.
   *
   * @param outer decides status, outer code and message
   * @param code the inner code
   * @param innerMessage the inner message
   */
  record Nested(Reason outer, String code, String innerMessage, List<Detail> details)
      implements Reason {
    public Nested {
      details = List.copyOf(details);
    }

    @Override
    public String message() {
      return outer.message();
    }
  }

  /** A 400 with the usual code {@code BadRequest}. */
  static Invalid invalid(@Nullable String target, String message) {
    return new Invalid("BadRequest", message, target, List.of());
  }

  /** A 400 that lists every finding. */
  static Invalid invalid(@Nullable String target, String message, List<Detail> details) {
    return new Invalid("BadRequest", message, target, details);
  }

  /** A 403 with the code that the Teams service uses. */
  static Forbidden forbidden(String message) {
    return new Forbidden("Forbidden", message);
  }

  /** A 404 with the code that the Teams service uses. */
  static NotFound notFound(String message) {
    return new NotFound("NotFound", message);
  }

  /** A 409 with the usual code {@code Conflict}. */
  static Conflict conflict(String message) {
    return new Conflict("Conflict", message);
  }
}
