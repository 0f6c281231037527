package dev.fettle.simulator.apple.faults;

import dev.fettle.simulator.apple.library.MdmInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A rule that spoils the answers it matches.
 *
 * @param match which requests
 * @param effect what happens to them
 */
public record Fault(Match match, Effect effect) {

  /** A fault for every request. */
  public static Fault always(Effect effect) {
    return new Fault(Match.ANYTHING, effect);
  }

  /** A fault for every request of one operation, named as in service/config's urls. */
  public static Fault on(String operation, Effect effect) {
    return new Fault(Match.ANYTHING.operation(operation), effect);
  }

  /** The same fault, which ends after so many requests. */
  public Fault times(int count) {
    return new Fault(
        new Match(match.operation, match.library, match.pageIndex, match.skip, count), effect);
  }

  /** The same fault, which lets so many matching requests pass before it begins. */
  public Fault after(int count) {
    return new Fault(
        new Match(match.operation, match.library, match.pageIndex, count, match.times), effect);
  }

  /** The same fault for one library alone. */
  public Fault library(String uId) {
    return new Fault(
        new Match(match.operation, uId, match.pageIndex, match.skip, match.times), effect);
  }

  /** The same fault for one page alone. */
  public Fault page(int pageIndex) {
    return new Fault(
        new Match(match.operation, match.library, pageIndex, match.skip, match.times), effect);
  }

  /**
   * Which requests a fault concerns: null matches anything.
   *
   * @param operation the name of the operation in service/config's urls, or serviceConfig
   * @param library the uId that the request's content token opens
   * @param pageIndex the page asked for
   * @param skip matching requests that pass unharmed first
   * @param times matching requests that are spoilt after that; negative for no end
   */
  public record Match(
      @Nullable String operation,
      @Nullable String library,
      @Nullable Integer pageIndex,
      int skip,
      int times) {
    /** Every request, for ever. */
    public static final Match ANYTHING = new Match(null, null, null, 0, -1);

    Match operation(String name) {
      return new Match(name, library, pageIndex, skip, times);
    }
  }

  /** What happens to a request. */
  public sealed interface Effect {}

  /**
   * An error of Apple's instead of the answer; nothing is done.
   *
   * @param number any error number, known or not
   * @param status the HTTP status, null for the usual one
   * @param retryAfter the Retry-After header as it stands, seconds or a date
   */
  public record Refuse(int number, @Nullable Integer status, @Nullable String retryAfter)
      implements Effect {
    /** The error with its usual status. */
    public static Refuse with(int number) {
      return new Refuse(number, null, null);
    }
  }

  /** Any answer at all instead of the right one; nothing is done. */
  public record Replace(int status, String contentType, String body, @Nullable String retryAfter)
      implements Effect {
    /** A page that some proxy might put in Apple's place. */
    public static Replace garbage() {
      return new Replace(
          200, "application/json", "\u0001\u0002<html>{\"assets\":[{\"adamId\":", null);
    }
  }

  /** The right answer, late. */
  public record Delay(Duration duration) implements Effect {}

  /** The right answer, byte after byte with a pause between: slow without ever being silent. */
  public record Drip(Duration pause) implements Effect {}

  /** The right length and the first half of the right answer; then the connection closes. */
  public record HalfBody() implements Effect {}

  /** The connection closes without an answer; nothing is done. */
  public record Reset() implements Effect {}

  /** The connection closes without an answer after the work was done. */
  public record ResetAfterWork() implements Effect {}

  /** Just before the request is answered, another management service takes the library. */
  public record TakeOver(MdmInfo owner) implements Effect {}

  /** Just before the request is answered, the library grows by so many assets. */
  public record Grow(int assets) implements Effect {}
}
