package dev.fettle.simulator.apple.administration;

import dev.fettle.simulator.apple.api.Apple;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.api.RequestLog;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.Asset;
import dev.fettle.simulator.apple.library.AssetId;
import dev.fettle.simulator.apple.library.Catalogue;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.simulator.apple.library.Notice;
import dev.fettle.simulator.apple.notifications.Notifier;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What people do at Apple's web site, what time does by itself, and what a test wants to go wrong.
 *
 * <p>The same operations are offered over HTTP under {@code /stand-in}. An unknown library or a
 * text that is no content token of this stand-in is an {@link IllegalArgumentException}.
 */
public final class Administration {
  private final Supplier<Apple> apple;

  /** Over the world of now, which a reset exchanges. */
  public Administration(Supplier<Apple> apple) {
    this.apple = apple;
  }

  /**
   * A library to create.
   *
   * @param organisation the organisation, which content tokens carry as orgName
   * @param location the name of the location
   * @param country ISO alpha-2
   * @param education whether it is a school's
   * @param domain the domain of the organisation's managed Apple Accounts
   */
  public record NewLibrary(
      String organisation, String location, String country, boolean education, String domain) {
    /** A business in the United States. */
    public static NewLibrary business(String organisation, String location) {
      return new NewLibrary(organisation, location, "US", false, "example.org");
    }
  }

  /** An app for a library; give {@link Integer#MAX_VALUE} as total for a free one. */
  public record NewApp(String adamId, String name, String bundleId, String platform, int total) {}

  /** Sums over the requests of the API since the start or the last clearing. */
  public record Requests(
      long total,
      Map<String, Integer> operations,
      Map<Integer, Integer> errors,
      Map<String, Integer> parallelPeaks) {
    /** How often an operation was asked for. */
    public int of(String operation) {
      return operations.getOrDefault(operation, 0);
    }
  }

  /** Creates an empty library and returns its uId. */
  public String createLibrary(NewLibrary library) {
    return apple
        .get()
        .create(
            library.organisation(),
            library.location(),
            library.country(),
            library.education(),
            library.domain())
        .uId();
  }

  /** The uIds of all libraries, the seeded ones first. */
  public List<String> libraries() {
    return apple.get().libraries().stream().map(Library::uId).toList();
  }

  /** A content token for a library, good for a year; the text of a .vpptoken file. */
  public String issueToken(String uId) {
    Apple now = apple.get();
    Instant inAYear = now.now().atOffset(ZoneOffset.UTC).plus(Period.ofYears(1)).toInstant();
    return issueToken(uId, inAYear, false);
  }

  /** A content token that ends when it is told to, possibly of a manager who may only read. */
  public String issueToken(String uId, Instant expires, boolean readOnly) {
    return apple.get().tokens().issue(library(uId).profile(), expires, readOnly);
  }

  /** Ends a content token early, as a changed password does: 9625 from now on. */
  public void revokeToken(String contentToken) {
    if (!apple.get().tokens().revoke(contentToken)) {
      throw new IllegalArgumentException("Not a content token of this stand-in");
    }
  }

  /** Lets a content token have expired now: 9621 from now on. */
  public void expireToken(String contentToken) {
    if (!apple.get().tokens().expire(contentToken, apple.get().now())) {
      throw new IllegalArgumentException("Not a content token of this stand-in");
    }
  }

  /** Adds an app. */
  public void addApp(String uId, NewApp app) {
    library(uId)
        .addAssets(
            List.of(
                Asset.app(
                    app.adamId(),
                    app.name(),
                    app.bundleId(),
                    List.of(app.platform()),
                    app.total())));
  }

  /** Adds so many generated apps, always the same ones in the same order. */
  public void addGenerated(String uId, int count) {
    Library library = library(uId);
    library.addAssets(Catalogue.generated(library.counts().assets(), count));
  }

  /** Adds one asset of every kind. */
  public void addShelf(String uId) {
    library(uId).addAssets(Catalogue.shelf());
  }

  /** A purchase or, with a negative delta, a refund; subscribers hear of it as ASSET_COUNT. */
  public void changeTotal(String uId, String adamId, int delta) {
    Library library = library(uId);
    apple.get().notifier().send(library, library.changeTotal(asset(library, adamId), delta));
  }

  /** Takes an asset and its assignments out of a library. */
  public void removeAsset(String uId, String adamId) {
    Library library = library(uId);
    library.removeAsset(asset(library, adamId));
  }

  /** Another management service takes the library over, behind everybody's back. */
  public void takeOver(String uId, MdmInfo owner) {
    library(uId).takeOver(owner);
  }

  /** The management service that owns a library, null while none does. */
  public @Nullable MdmInfo owner(String uId) {
    return library(uId).config().mdmInfo();
  }

  /** A user accepts the invitation; subscribers hear of it as USER_ASSOCIATED. */
  public void acceptInvitation(String uId, String clientUserId) {
    Library library = library(uId);
    apple.get().notifier().send(library, library.accept(clientUserId));
  }

  /** Makes tasks of events fail: null matches anything, negative times has no end. */
  public void failTasks(
      String uId,
      @Nullable String adamId,
      @Nullable String clientUserId,
      @Nullable String serialNumber,
      int errorNumber,
      int times) {
    AppleError error =
        AppleError.of(errorNumber)
            .orElseThrow(
                () -> new IllegalArgumentException("No such error number: " + errorNumber));
    library(uId).failTasks(new Library.TaskFault(adamId, clientUserId, serialNumber, error, times));
  }

  /** Lets every unfinished event of a library come to its end now. */
  public void finishEvents(String uId) {
    Library library = library(uId);
    for (String event : library.unfinishedEvents()) {
      apple.get().notifier().send(library, library.finish(event));
    }
  }

  /** The pace of events that begin from now on. */
  public void pace(EventPace pace) {
    Apple.Rules old = apple.get().rules();
    apple.get().rule(new Apple.Rules(old.pageSize(), old.limits(), pace, old.garbageTokenStatus()));
  }

  /** The limits announced and enforced from now on. */
  public void limits(Limits limits) {
    Apple.Rules old = apple.get().rules();
    apple.get().rule(new Apple.Rules(old.pageSize(), limits, old.pace(), old.garbageTokenStatus()));
  }

  /** Records on a page from now on. */
  public void pageSize(int records) {
    if (records < 1) {
      throw new IllegalArgumentException("A page holds at least one record");
    }
    Apple.Rules old = apple.get().rules();
    apple.get().rule(new Apple.Rules(records, old.limits(), old.pace(), old.garbageTokenStatus()));
  }

  /** The HTTP status of error 9622 from now on. */
  public void garbageTokenStatus(int status) {
    Apple.Rules old = apple.get().rules();
    apple.get().rule(new Apple.Rules(old.pageSize(), old.limits(), old.pace(), status));
  }

  /** Moves the clock that tokens expire by. */
  public void advanceClock(Duration by) {
    apple.get().advance(by);
  }

  /** Spoils answers from now on. */
  public void addFault(Fault fault) {
    apple.get().faults().add(fault);
  }

  /** Ends all faults, those of tasks included. */
  public void clearFaults() {
    apple.get().faults().clear();
    apple.get().libraries().forEach(Library::clearTaskFaults);
  }

  /** How a library's notifications get lost, doubled or mixed up. */
  public void delivery(String uId, boolean duplicate, int lose, boolean reversed) {
    library(uId);
    apple.get().notifier().deliver(uId, new Notifier.Delivery(duplicate, lose, reversed));
  }

  /**
   * Sends one notification at once, whatever the client subscribed to.
   *
   * @param notificationId an id used before to play a repeat, null for a new one
   * @return the HTTP status that came back, 0 for none
   */
  public int fireNotification(
      String uId, String type, JsonNode notification, @Nullable String notificationId) {
    return apple
        .get()
        .notifier()
        .fire(library(uId), new Notice(type, notification), notificationId);
  }

  /** Trusts the authorities of a PEM text when notifications are sent. */
  public void trust(String pem) {
    apple.get().trust(pem);
  }

  /** What was asked so far. */
  public Requests requests() {
    RequestLog.Counts counts = apple.get().log().counts();
    return new Requests(
        counts.total(), counts.operations(), counts.errors(), counts.parallelPeaks());
  }

  /** Forgets what was asked so far. */
  public void clearRequests() {
    apple.get().log().clear();
  }

  Library library(String uId) {
    return apple
        .get()
        .library(uId)
        .orElseThrow(() -> new IllegalArgumentException("No such library: " + uId));
  }

  private static AssetId asset(Library library, String adamId) {
    return library
        .assetByNumber(adamId)
        .map(Asset::id)
        .orElseThrow(() -> new IllegalArgumentException("No such asset: " + adamId));
  }
}
