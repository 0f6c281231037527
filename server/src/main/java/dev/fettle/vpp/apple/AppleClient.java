package dev.fettle.vpp.apple;

import dev.fettle.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Apple's App and Book Management API, version 2, as blocking calls. Every method may throw {@link
 * AppleFailure}; none is to be called within a database transaction.
 */
public final class AppleClient implements AutoCloseable {

  private static final Duration LIMITS_HOLD = Duration.ofMinutes(5);
  private static final int PAGES_AT_ONCE = 5;
  private static final int IDS_OF_ONE_LOOKUP = 100;

  private record KnownLimits(ServiceLimits limits, long since) {}

  private final AppleSettings settings;
  private final AppleHttp wire;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable KnownLimits known;

  /**
   * A client that checks certificates as Java does, or by {@code trust} if that is given.
   *
   * @param pause how it waits between repeats
   */
  public AppleClient(
      AppleSettings settings, InstantSource clock, Sleeper pause, @Nullable SSLContext trust) {
    this.settings = settings;
    this.wire = new AppleHttp(settings, clock, pause, trust);
  }

  /** What Apple takes at once; asked again every five minutes, as Apple wishes. */
  public ServiceLimits limits() {
    KnownLimits have = known;
    if (have != null && fresh(have)) {
      return have.limits();
    }
    asking.lock();
    try {
      KnownLimits latest = known;
      if (latest != null && fresh(latest)) {
        return latest.limits();
      }
      ServiceLimits limits = AppleJson.limits(get("/service/config", null, Map.of(), 1));
      known = new KnownLimits(limits, System.nanoTime());
      return limits;
    } finally {
      asking.unlock();
    }
  }

  /** What Apple knows about the content token: the call that proves it good. */
  public ClientConfig clientConfig(ContentToken token) {
    return seen(token, AppleJson.clientConfig(get("/client/config", token, Map.of(), perSecond())));
  }

  /** Takes the library over in our name. May be repeated: it comes to the same. */
  public ClientConfig claim(ContentToken token, MdmInfo mdmInfo) {
    ObjectNode body = Json.object();
    ObjectNode info = body.putObject("mdmInfo");
    info.put("id", mdmInfo.id());
    info.put("name", mdmInfo.name());
    info.put("metadata", mdmInfo.metadata());
    return configure(token, body);
  }

  /**
   * Has Apple send notifications to that address. Apple tries it at once, so the receiver has to
   * know the bearer already.
   */
  public ClientConfig notify(ContentToken token, URI url, String bearer, List<String> types) {
    ObjectNode body = Json.object();
    body.put("notificationUrl", url.toString());
    body.put("notificationAuthToken", bearer);
    ArrayNode list = body.putArray("notificationTypes");
    types.forEach(list::add);
    return configure(token, body);
  }

  /** Has Apple send no more notifications. */
  public ClientConfig silence(ContentToken token) {
    ObjectNode body = Json.object();
    body.put("notificationUrl", "");
    body.put("notificationAuthToken", "");
    body.putArray("notificationTypes");
    return configure(token, body);
  }

  /**
   * Reads all assets, some pages at once; the consumer gets the pages in no particular order, one
   * at a time, on the calling thread.
   *
   * @return whether the list stayed as it was while it was read
   */
  public boolean assets(ContentToken token, Consumer<Page<Asset>> each) {
    return pages("/assets", "assets", token, Map.of(), AppleJson::asset, each);
  }

  /** Reads one app's assets, which are its pricings. */
  public boolean asset(ContentToken token, String adamId, Consumer<Page<Asset>> each) {
    return pages("/assets", "assets", token, Map.of("adamId", adamId), AppleJson::asset, each);
  }

  /** Reads all assignments, as {@link #assets} does. */
  public boolean assignments(ContentToken token, Consumer<Page<Assignment>> each) {
    return pages("/assignments", "assignments", token, Map.of(), AppleJson::assignment, each);
  }

  /** Reads one app's assignments. */
  public boolean assignments(ContentToken token, String adamId, Consumer<Page<Assignment>> each) {
    return pages(
        "/assignments",
        "assignments",
        token,
        Map.of("adamId", adamId),
        AppleJson::assignment,
        each);
  }

  /** Reads all active users, as {@link #assets} does. */
  public boolean users(ContentToken token, Consumer<Page<LibraryUser>> each) {
    return pages("/users", "users", token, Map.of("activeOnly", "true"), AppleJson::user, each);
  }

  /** Gives an app to users and devices; never repeated by itself. Answers the event's id. */
  public String associate(
      ContentToken token, String adamId, String pricing, List<LicenceHolder> targets) {
    return manage("/assets/associate", token, adamId, pricing, targets);
  }

  /** Takes an app from users and devices; never repeated by itself. Answers the event's id. */
  public String disassociate(
      ContentToken token, String adamId, String pricing, List<LicenceHolder> targets) {
    return manage("/assets/disassociate", token, adamId, pricing, targets);
  }

  /** Takes everything revocable from users and devices; answers the event's id. */
  public String revoke(ContentToken token, List<LicenceHolder> targets) {
    ObjectNode body = Json.object();
    name(body, targets);
    return event(token, post("/assets/revoke", token, body, false));
  }

  /** Registers users; answers the event's id. */
  public String createUsers(ContentToken token, List<LibraryUser> users) {
    return event(token, post("/users/create", token, list(users), false));
  }

  /** Changes users, which comes to the same however often it is done; answers the event's id. */
  public String updateUsers(ContentToken token, List<LibraryUser> users) {
    return event(token, post("/users/update", token, list(users), true));
  }

  /** Retires users; answers the event's id. */
  public String retireUsers(ContentToken token, List<LibraryUser> users) {
    return event(token, post("/users/retire", token, list(users), false));
  }

  /** How far Apple has come with an event. */
  public EventStatus status(ContentToken token, String eventId) {
    ObjectNode body = get("/status", token, Map.of("eventId", eventId), perSecond());
    seen(token, AppleJson.library(body));
    return AppleJson.event(body);
  }

  /** Whether names can be looked up at all. */
  public boolean knowsNames() {
    return settings.metadataUrl() != null;
  }

  /**
   * What the store says about apps; those it does not know, or not for this token, are missing.
   *
   * @param country the store's country, two letters
   * @param platform {@code enterprisestore} or {@code volumestore}
   */
  public List<AppMetadata> metadata(
      ContentToken token, List<String> adamIds, String country, String platform) {
    URI lookup = settings.metadataUrl();
    if (lookup == null) {
      return List.of();
    }
    List<AppMetadata> all = new ArrayList<>();
    for (int from = 0; from < adamIds.size(); from += IDS_OF_ONE_LOOKUP) {
      List<String> some = adamIds.subList(from, Math.min(adamIds.size(), from + IDS_OF_ONE_LOOKUP));
      Map<String, String> query = new LinkedHashMap<>();
      query.put("version", "2");
      query.put("id", String.join(",", some));
      query.put("p", "mdm-lockup");
      query.put("caller", "MDM");
      query.put("platform", platform);
      query.put("cc", country);
      query.put("l", "en");
      all.addAll(
          AppleJson.metadata(
              wire.send(
                  new AppleHttp.Ask("GET", uri(lookup.toString(), query), token, true, null, true),
                  perSecond())));
    }
    return all;
  }

  @Override
  public void close() {
    wire.close();
  }

  private static boolean fresh(KnownLimits limits) {
    return System.nanoTime() - limits.since() < LIMITS_HOLD.toNanos();
  }

  private int perSecond() {
    return limits().maxRequestPerSecond();
  }

  private ClientConfig configure(ContentToken token, ObjectNode body) {
    return seen(token, AppleJson.clientConfig(post("/client/config", token, body, true)));
  }

  private ClientConfig seen(ContentToken token, ClientConfig config) {
    seen(token, config.library());
    return config;
  }

  private void seen(ContentToken token, LibraryInfo library) {
    wire.opens(token, library.libraryId());
  }

  private String manage(
      String path, ContentToken token, String adamId, String pricing, List<LicenceHolder> targets) {
    ObjectNode body = Json.object();
    body.putArray("assets").addObject().put("adamId", adamId).put("pricingParam", pricing);
    name(body, targets);
    return event(token, post(path, token, body, false));
  }

  private String event(ContentToken token, ObjectNode answer) {
    seen(token, AppleJson.library(answer));
    return AppleJson.required(answer, "eventId");
  }

  private static void name(ObjectNode body, List<LicenceHolder> targets) {
    List<String> users = new ArrayList<>();
    List<String> serials = new ArrayList<>();
    for (LicenceHolder target : targets) {
      switch (target) {
        case LicenceHolder.User(String id) -> users.add(id);
        case LicenceHolder.Device(String id) -> serials.add(id);
      }
    }
    put(body, "clientUserIds", users);
    put(body, "serialNumbers", serials);
  }

  private static void put(ObjectNode body, String name, List<String> ids) {
    if (!ids.isEmpty()) {
      ArrayNode list = body.putArray(name);
      ids.forEach(list::add);
    }
  }

  private static ObjectNode list(List<LibraryUser> users) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("users");
    for (LibraryUser user : users) {
      ObjectNode entry = list.addObject().put("clientUserId", user.clientUserId());
      if (user.email() != null) {
        entry.put("email", user.email());
      }
      if (user.managedAppleId() != null) {
        entry.put("managedAppleId", user.managedAppleId());
      }
    }
    return body;
  }

  private ObjectNode get(
      String path, @Nullable ContentToken token, Map<String, String> query, int perSecond) {
    return wire.send(
        new AppleHttp.Ask("GET", uri(settings.baseUrl() + path, query), token, false, null, true),
        perSecond);
  }

  private ObjectNode post(String path, ContentToken token, ObjectNode body, boolean repeatable) {
    return wire.send(
        new AppleHttp.Ask(
            "POST",
            uri(settings.baseUrl() + path, Map.of()),
            token,
            false,
            Json.text(body),
            repeatable),
        perSecond());
  }

  private static URI uri(String address, Map<String, String> query) {
    StringBuilder text = new StringBuilder(address);
    char separator = '?';
    for (Map.Entry<String, String> entry : query.entrySet()) {
      text.append(separator)
          .append(entry.getKey())
          .append('=')
          .append(URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    return URI.create(text.toString());
  }

  private <T> boolean pages(
      String path,
      String list,
      ContentToken token,
      Map<String, String> filter,
      Function<JsonNode, T> record,
      Consumer<Page<T>> each) {
    IntFunction<Page<T>> page =
        index -> {
          Map<String, String> query = new LinkedHashMap<>(filter);
          if (index > 0) {
            query.put("pageIndex", Integer.toString(index));
          }
          Page<T> read = AppleJson.page(get(path, token, query, perSecond()), list, index, record);
          seen(token, read.library());
          return read;
        };
    Page<T> first = page.apply(0);
    each.accept(first);
    return !first.more() || rest(first, page, each);
  }

  /** The pages after the first: five are asked for at once, and no more than five are held. */
  private static <T> boolean rest(
      Page<T> first, IntFunction<Page<T>> page, Consumer<Page<T>> each) {
    boolean still = true;
    int last = Math.max(1, first.totalPages() - 1);
    int next = 1;
    int underWay = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<Page<T>> pages = new ExecutorCompletionService<>(threads);
      try {
        while (next <= last || underWay > 0) {
          while (next <= last && underWay < PAGES_AT_ONCE) {
            int index = next++;
            pages.submit(() -> page.apply(index));
            underWay++;
          }
          Page<T> read = pages.take().get();
          underWay--;
          each.accept(read);
          still &= java.util.Objects.equals(read.versionId(), first.versionId());
          if (read.more()) {
            last = Math.max(last, read.index() + 1);
          }
          last = Math.max(last, read.totalPages() - 1);
        }
        return still;
      } catch (ExecutionException e) {
        threads.shutdownNow();
        if (e.getCause() instanceof AppleFailure failure) {
          if (failure.error() == AppleError.Known.PAGE_OUT_OF_RANGE) {
            return false;
          }
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new AppleFailure(new AppleFailure.Kind.Unavailable("the server is stopping", null));
      } catch (RuntimeException e) {
        threads.shutdownNow();
        throw e;
      }
    }
  }
}
