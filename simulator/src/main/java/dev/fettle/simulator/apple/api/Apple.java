package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.faults.Faults;
import dev.fettle.simulator.apple.library.Event;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.notifications.Later;
import dev.fettle.simulator.apple.notifications.Notifier;
import dev.fettle.simulator.apple.notifications.Trust;
import dev.fettle.simulator.apple.tokens.ContentTokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the stand-in knows: libraries and content tokens, the rules in force, and the log.
 *
 * <p>The rules may change while requests run; a request sees each of them as it is when it looks.
 */
public final class Apple implements AutoCloseable {
  private static final long FIRST_U_ID = 2_049_025_000_431_439L;

  private final InstantSource clock;
  private final JsonMapper json = new JsonMapper();
  private final Map<String, Library> libraries = new LinkedHashMap<>();
  private final ContentTokens tokens = new ContentTokens(json);
  private final Faults faults = new Faults();
  private final RequestLog log = new RequestLog();
  private final RateLimiter rate = new RateLimiter();
  private final Notifier notifier;
  private final Later worker = new Later("stand-in-events");
  private volatile Rules rules;
  private volatile Duration ahead = Duration.ZERO;

  /** What the administration may change while the stand-in runs. */
  public record Rules(int pageSize, Limits limits, EventPace pace, int garbageTokenStatus) {}

  /**
   * A world without libraries.
   *
   * @param clock what tokens expire by
   * @param notificationRetry the pause between the attempts at a notification
   * @param plainNotifications whether a notification URL may be plain http to a loopback address
   */
  public Apple(
      InstantSource clock, Rules rules, Duration notificationRetry, boolean plainNotifications) {
    this.clock = clock;
    this.rules = rules;
    notifier = new Notifier(json, notificationRetry, plainNotifications);
  }

  JsonMapper json() {
    return json;
  }

  /** The rules in force. */
  public Rules rules() {
    return rules;
  }

  /** Puts other rules in force. */
  public void rule(Rules next) {
    rules = next;
  }

  /** The content tokens given out. */
  public ContentTokens tokens() {
    return tokens;
  }

  /** The faults in force. */
  public Faults faults() {
    return faults;
  }

  /** What was asked and answered. */
  public RequestLog log() {
    return log;
  }

  RateLimiter rate() {
    return rate;
  }

  /** Tells clients of changes. */
  public Notifier notifier() {
    return notifier;
  }

  /** The time by the stand-in's own clock. */
  public Instant now() {
    return clock.instant().plus(ahead);
  }

  /** Moves the stand-in's clock relative to the one it was given. */
  public void advance(Duration by) {
    ahead = ahead.plus(by);
  }

  /** An empty library, known from now on. */
  public synchronized Library create(
      String organisation, String location, String country, boolean education, String domain) {
    String uId = Long.toString(FIRST_U_ID + libraries.size());
    Library library =
        new Library(new Library.Profile(uId, organisation, location, country, education, domain));
    libraries.put(uId, library);
    return library;
  }

  /** The library of this uId. */
  public synchronized Optional<Library> library(String uId) {
    return Optional.ofNullable(libraries.get(uId));
  }

  /** All libraries, the oldest first. */
  public synchronized List<Library> libraries() {
    return new ArrayList<>(libraries.values());
  }

  /** Lets an event run its course, at the pace that was in force when it began. */
  void run(Library library, Event event) {
    if (event.pace() instanceof EventPace.After(Duration delay)) {
      worker.after(delay, () -> notifier.send(library, library.finish(event.id())));
    }
  }

  /** Trusts the authorities of a PEM text when notifications are sent. */
  public void trust(String pem) {
    notifier.trust(Trust.trusting(pem.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    worker.close();
    notifier.close();
  }
}
