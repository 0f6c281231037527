package dev.fettle.simulator.apple;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the stand-in knows: libraries and content tokens, the rules in force, and the log.
 *
 * <p>The rules may change while requests run; a request sees each of them as it is when it looks.
 */
final class Apple implements AutoCloseable {
  private static final long FIRST_U_ID = 2_049_025_000_431_439L;

  private final AppleStandInSettings settings;
  private final JsonMapper json = new JsonMapper();
  private final Map<String, Library> libraries = new LinkedHashMap<>();
  private final ContentTokens tokens = new ContentTokens(json);
  private final Faults faults = new Faults();
  private final RequestLog log = new RequestLog();
  private final RateLimiter rate = new RateLimiter();
  private final Notifier notifier;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("stand-in-events").factory());
  private volatile Rules rules;
  private volatile Duration ahead = Duration.ZERO;

  /** What the administration may change while the stand-in runs. */
  record Rules(int pageSize, Limits limits, EventPace pace, int garbageTokenStatus) {}

  Apple(AppleStandInSettings settings) {
    this.settings = settings;
    rules =
        new Rules(
            settings.pageSize(),
            settings.limits(),
            settings.eventPace(),
            settings.garbageTokenStatus());
    notifier = new Notifier(json, settings.notificationRetry(), settings.plainNotifications());
  }

  JsonMapper json() {
    return json;
  }

  Rules rules() {
    return rules;
  }

  void rule(Rules next) {
    rules = next;
  }

  ContentTokens tokens() {
    return tokens;
  }

  Faults faults() {
    return faults;
  }

  RequestLog log() {
    return log;
  }

  RateLimiter rate() {
    return rate;
  }

  Notifier notifier() {
    return notifier;
  }

  Instant now() {
    return settings.clock().instant().plus(ahead);
  }

  /** Moves the stand-in's clock relative to the one it was given. */
  void advance(Duration by) {
    ahead = ahead.plus(by);
  }

  synchronized Library create(
      String organisation, String location, String country, boolean education, String domain) {
    String uId = Long.toString(FIRST_U_ID + libraries.size());
    Library library =
        new Library(new Library.Profile(uId, organisation, location, country, education, domain));
    libraries.put(uId, library);
    return library;
  }

  synchronized Optional<Library> library(String uId) {
    return Optional.ofNullable(libraries.get(uId));
  }

  synchronized List<Library> libraries() {
    return new ArrayList<>(libraries.values());
  }

  /** Lets an event run its course, at the pace that was in force when it began. */
  void run(Library library, Event event) {
    if (event.pace() instanceof EventPace.After(Duration delay)) {
      var _ =
          worker.schedule(
              () -> notifier.send(library, library.finish(event.id())),
              delay.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  void trust(String pem) {
    notifier.trust(Trust.trusting(pem.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    worker.shutdownNow();
    notifier.close();
  }
}
