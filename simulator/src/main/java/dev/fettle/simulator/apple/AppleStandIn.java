package dev.fettle.simulator.apple;

import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.administration.AdministrationApi;
import dev.fettle.simulator.apple.api.Apple;
import dev.fettle.simulator.apple.api.Operation;
import dev.fettle.simulator.apple.library.Catalogue;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.notifications.Later;
import dev.fettle.simulator.apple.notifications.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running stand-in for Apple's side, listening on 127.0.0.1 until it is closed.
 *
 * <p>Give {@link #url()} to a client in place of {@code https://vpp.itunes.apple.com/mdm/v2}.
 */
public final class AppleStandIn implements AutoCloseable {
  /** Room for the answer of the request that asked for the break to get out. */
  private static final Duration BEFORE_DOWN = Duration.ofMillis(100);

  private final AppleStandInSettings settings;
  private final Trust.@Nullable Identity identity;
  private final Administration administration;
  private final Wire wire;
  private final Later timer = new Later("stand-in-timer");
  private volatile Apple apple;
  private volatile List<SeededLibrary> seeded;

  /** A library that was there from the start, with a content token that opens it. */
  public record SeededLibrary(
      String uId, String organisation, String location, String contentToken) {
    /** The content token is a secret of sorts, so printing a library does not show it. */
    @Override
    public String toString() {
      return organisation + ", " + location + " (" + uId + ")";
    }
  }

  private record World(Apple apple, List<SeededLibrary> seeded) {}

  private AppleStandIn(AppleStandInSettings settings) throws IOException {
    this.settings = settings;
    World world = world(settings);
    apple = world.apple();
    seeded = world.seeded();
    identity = settings.https() ? Trust.identity(Instant.now()) : null;
    administration = new Administration(() -> apple);
    wire =
        new Wire(
            settings.port(),
            identity,
            () -> apple,
            new AdministrationApi(
                () -> apple,
                administration,
                new AdministrationApi.Switches(
                    this::reset, this::down, identity == null ? null : identity.pem())));
  }

  /** Starts a stand-in; it answers when this returns. */
  public static AppleStandIn start(AppleStandInSettings settings) {
    try {
      return new AppleStandIn(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The stand-in for Apple cannot listen on 127.0.0.1:" + settings.port(), e);
    }
  }

  /** The base URL of the API, version 2. */
  public String url() {
    return origin() + Operation.PREFIX;
  }

  /** The base URL of the administration. */
  public String administrationUrl() {
    return origin() + AdministrationApi.PREFIX;
  }

  private String origin() {
    return (identity == null ? "http://" : "https://") + "127.0.0.1:" + wire.port();
  }

  /** The certificate to trust when it speaks HTTPS, as PEM; null when it does not. */
  public @Nullable String certificate() {
    return identity == null ? null : identity.pem();
  }

  /** What people, time and misfortune do at Apple's. */
  public Administration administration() {
    return administration;
  }

  /** The seeded libraries; none if the settings say so. */
  public List<SeededLibrary> seeded() {
    return seeded;
  }

  /** The seeded library that is called as in Graph's printed examples. */
  public SeededLibrary printed() {
    return seeded.getLast();
  }

  /** Refuses connections from now on, as if the machine were gone. */
  public void suspend() {
    wire.suspend();
  }

  /** Listens again, at the same address and with everything still known. */
  public void resume() {
    try {
      wire.resume();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen again on port " + wire.port(), e);
    }
  }

  /** Forgets everything and begins again with the seed. */
  public void reset() {
    Apple old = apple;
    World world = world(settings);
    seeded = world.seeded();
    apple = world.apple();
    old.close();
  }

  private void down(Duration duration) {
    timer.after(BEFORE_DOWN, this::suspend);
    timer.after(BEFORE_DOWN.plus(duration), this::resume);
  }

  @Override
  public void close() {
    timer.close();
    wire.close();
    apple.close();
  }

  private static World world(AppleStandInSettings settings) {
    Apple apple =
        new Apple(
            settings.clock(),
            new Apple.Rules(
                settings.pageSize(),
                settings.limits(),
                settings.eventPace(),
                settings.garbageTokenStatus()),
            settings.notificationRetry(),
            settings.plainNotifications());
    Path authority = settings.notificationAuthority();
    if (authority != null) {
      try {
        apple.trust(Files.readString(authority));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the authority to trust: " + authority, e);
      }
    }
    List<SeededLibrary> seeded = new ArrayList<>();
    if (settings.seeded()) {
      Instant inAYear = apple.now().atOffset(ZoneOffset.UTC).plus(Period.ofYears(1)).toInstant();
      Library office =
          apple.create("Fettle Example Ltd", "Head Office", "US", false, "example.org");
      office.addAssets(Catalogue.shelf());
      seeded.add(seeded(apple, office, inAYear));
      Library campus = apple.create("Fettle Academy", "North Campus", "GB", true, "example.edu");
      campus.addAssets(Catalogue.generated(0, 60));
      seeded.add(seeded(apple, campus, inAYear));
      // Soon to expire, so that warnings have something to warn of.
      Library depot = apple.create("Fettle Example Ltd", "Depot", "US", false, "example.org");
      depot.addAssets(Catalogue.generated(60, 40));
      seeded.add(seeded(apple, depot, apple.now().plus(Duration.ofDays(12))));
      // The names and the number of apps that Graph's printed examples of a vppToken have.
      Library printed =
          apple.create("Organization Name value", "Location Name value", "US", true, "example.edu");
      printed.addAssets(Catalogue.generated(100, 12));
      seeded.add(seeded(apple, printed, inAYear));
    }
    return new World(apple, List.copyOf(seeded));
  }

  private static SeededLibrary seeded(Apple apple, Library library, Instant expires) {
    Library.Profile profile = library.profile();
    return new SeededLibrary(
        profile.uId(),
        profile.organisation(),
        profile.location(),
        apple.tokens().issue(profile, expires, false));
  }
}
