package dev.fettle.vpp.apple;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Apple's App and Book Management API, version 2, as blocking calls. Every method may throw {@link
 * AppleFailure}; none is to be called within a database transaction.
 */
public final class AppleClient implements AutoCloseable {

  private static final Duration LIMITS_HOLD = Duration.ofMinutes(5);
  private static final int PAGES_AT_ONCE = 5;

  /** The most apps that the store describes in one answer. */
  public static final int MOST_METADATA = 100;

  private final AppleSettings settings;
  private final AppleHttp http;
  private final Cache<String, ServiceLimits> limits =
      Caffeine.newBuilder().expireAfterWrite(LIMITS_HOLD).build();

  /** A client that checks certificates as Java does, or by {@code trust} if that is given. */
  public AppleClient(AppleSettings settings, InstantSource clock, @Nullable SSLContext trust) {
    this(settings, clock, Thread::sleep, trust);
  }

  AppleClient(
      AppleSettings settings,
      InstantSource clock,
      AppleHttp.Sleeper sleeper,
      @Nullable SSLContext trust) {
    this.settings = settings;
    this.http = new AppleHttp(settings, clock, sleeper, trust);
  }

  /** The configuration behind a content token: the call that proves it good. */
  public ClientConfig clientConfig(ContentToken token) {
    return config(token, get("/client/config", token, Map.of()));
  }

  /** Takes the library over in our name. May be repeated: it comes to the same. */
  public ClientConfig claim(ContentToken token, MdmInfo mdmInfo) {
    ObjectNode body = Json.object();
    body.putObject("mdmInfo")
        .put("id", mdmInfo.id())
        .put("name", mdmInfo.name())
        .put("metadata", mdmInfo.metadata());
    return config(token, post("/client/config", token, body, true));
  }

  /**
   * Has Apple send notifications to an address. Apple tries it at once, so the receiver has to know
   * the bearer already.
   *
   * @param url the address; with an empty one, an empty bearer and no types Apple sends no more
   */
  public ClientConfig sendNotifications(
      ContentToken token, String url, String bearer, List<String> types) {
    ObjectNode body =
        Json.object().put("notificationUrl", url).put("notificationAuthToken", bearer);
    types.forEach(body.putArray("notificationTypes")::add);
    return config(token, post("/client/config", token, body, true));
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
  public boolean assets(ContentToken token, String adamId, Consumer<Page<Asset>> each) {
    return pages("/assets", "assets", token, Map.of("adamId", adamId), AppleJson::asset, each);
  }

  /** Reads the assignments of one app, or all of them, as {@link #assets} does. */
  public boolean assignments(
      ContentToken token, @Nullable String adamId, Consumer<Page<Assignment>> each) {
    Map<String, String> filter = adamId == null ? Map.of() : Map.of("adamId", adamId);
    return pages("/assignments", "assignments", token, filter, AppleJson::assignment, each);
  }

  /** Reads all active users, as {@link #assets} does. */
  public boolean users(ContentToken token, Consumer<Page<LibraryUser>> each) {
    return pages("/users", "users", token, Map.of("activeOnly", "true"), AppleJson::user, each);
  }

  /** Parts of a list of holders that Apple takes in one request each. */
  public List<List<LicenceHolder>> portions(List<LicenceHolder> holders) {
    ServiceLimits most = limits();
    List<List<LicenceHolder>> portions = new ArrayList<>();
    cut(holders, LicenceHolder.Kind.USER, most.maxClientUserIds(), portions);
    cut(holders, LicenceHolder.Kind.DEVICE, most.maxSerialNumbers(), portions);
    return portions;
  }

  private static void cut(
      List<LicenceHolder> holders,
      LicenceHolder.Kind kind,
      int most,
      List<List<LicenceHolder>> portions) {
    List<LicenceHolder> some = holders.stream().filter(one -> one.kind() == kind).toList();
    for (int from = 0; from < some.size(); from += most) {
      portions.add(some.subList(from, Math.min(some.size(), from + most)));
    }
  }

  /** Takes an app from users and devices; never repeated by itself. Answers the event's id. */
  public String disassociate(
      ContentToken token, String adamId, String pricing, List<LicenceHolder> holders) {
    ObjectNode body = Json.object();
    body.putArray("assets").addObject().put("adamId", adamId).put("pricingParam", pricing);
    for (LicenceHolder holder : holders) {
      String list =
          switch (holder.kind()) {
            case USER -> "clientUserIds";
            case DEVICE -> "serialNumbers";
          };
      body.withArray(list).add(holder.id());
    }
    ObjectNode answer = post("/assets/disassociate", token, body, false);
    seen(token, AppleJson.library(answer));
    return AppleJson.required(answer, "eventId");
  }

  /** The state of an event. */
  public EventStatus status(ContentToken token, String eventId) {
    ObjectNode body = get("/status", token, Map.of("eventId", eventId));
    seen(token, AppleJson.library(body));
    return AppleJson.event(body);
  }

  /** True if a store is known that can be asked about apps. */
  public boolean hasStore() {
    return settings.metadataUrl() != null;
  }

  /**
   * The store's descriptions of apps; those it does not know, or not for this token, are missing.
   *
   * @param adamIds at most {@link #MOST_METADATA}
   * @param country the store's country, two letters
   * @param platform {@code enterprisestore} or {@code volumestore}
   */
  public List<AppMetadata> metadata(
      ContentToken token, List<String> adamIds, String country, String platform) {
    URI lookup = settings.metadataUrl();
    if (lookup == null) {
      return List.of();
    }
    String query =
        "?version=2&id=%s&p=mdm-lockup&caller=MDM&platform=%s&cc=%s&l=en"
            .formatted(encoded(String.join(",", adamIds)), encoded(platform), encoded(country));
    URI uri = URI.create(lookup + query);
    return AppleJson.metadata(
        http.send(new AppleHttp.Request(uri, token, true, null, true), perSecond()));
  }

  @Override
  public void close() {
    http.close();
  }

  /** Limits that Apple names; asked for again every five minutes, as Apple wishes. */
  ServiceLimits limits() {
    return limits.get(
        "/service/config",
        path ->
            AppleJson.limits(
                http.send(new AppleHttp.Request(uri(path, Map.of()), null, false, null, true), 1)));
  }

  private int perSecond() {
    return limits().maxRequestPerSecond();
  }

  private ClientConfig config(ContentToken token, ObjectNode answer) {
    ClientConfig config = AppleJson.clientConfig(answer);
    seen(token, config.library());
    return config;
  }

  private void seen(ContentToken token, LibraryInfo library) {
    http.opens(token, library.libraryId());
  }

  private ObjectNode get(String path, ContentToken token, Map<String, String> query) {
    return http.send(
        new AppleHttp.Request(uri(path, query), token, false, null, true), perSecond());
  }

  private ObjectNode post(String path, ContentToken token, ObjectNode body, boolean repeatable) {
    return http.send(
        new AppleHttp.Request(uri(path, Map.of()), token, false, Json.text(body), repeatable),
        perSecond());
  }

  private URI uri(String path, Map<String, String> query) {
    String text =
        query.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    return URI.create(settings.baseUrl() + path + (text.isEmpty() ? "" : "?" + text));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
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
          Page<T> read = AppleJson.page(get(path, token, query), list, index, record);
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
          still &= Objects.equals(read.versionId(), first.versionId());
          if (read.more()) {
            last = Math.max(last, read.index() + 1);
          }
          last = Math.max(last, read.totalPages() - 1);
        }
        return still;
      } finally {
        threads.shutdownNow();
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AppleFailure failure)) {
        throw new IllegalStateException(e.getCause());
      }
      if (failure.is(AppleError.PAGE_OUT_OF_RANGE)) {
        return false;
      }
      throw failure;
    } catch (InterruptedException e) {
      throw AppleHttp.interrupted();
    }
  }
}
