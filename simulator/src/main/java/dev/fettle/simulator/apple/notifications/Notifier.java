package dev.fettle.simulator.apple.notifications;

import dev.fettle.simulator.apple.library.ClientConfig;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.Notice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends notifications to the URLs that clients set: any 2xx is success, three attempts, then given
 * up.
 *
 * <p>The first attempts of a library go out one after the other in the order of what happened;
 * repeats do not hold up what follows them, so they can arrive out of order, as Apple's do.
 */
public final class Notifier implements AutoCloseable {
  private static final int ATTEMPTS = 3;
  private static final int JOURNAL = 5_000;

  private final JsonMapper json;
  private final Duration retry;
  private final boolean plain;
  private final Map<String, ExecutorService> queues = new HashMap<>();
  private final Map<String, Delivery> deliveries = new HashMap<>();
  private final Deque<Sent> journal = new ArrayDeque<>();
  private final AtomicInteger serial = new AtomicInteger();
  private final Later later = new Later("stand-in-notifier");
  private final ExecutorService repeats = Executors.newVirtualThreadPerTaskExecutor();
  private volatile HttpClient client;

  /**
   * Nothing is sent yet.
   *
   * @param retry the pause between the attempts at a notification
   * @param plain whether plain http to a loopback address will do
   */
  public Notifier(JsonMapper json, Duration retry, boolean plain) {
    this.json = json;
    this.retry = retry;
    this.plain = plain;
    client = clientBuilder().build();
  }

  /**
   * How a library's notifications get lost or mixed up on their way.
   *
   * @param duplicate each is sent twice with the same id
   * @param lose so many are not sent at all
   * @param reversed what one event brings arrives last first
   */
  public record Delivery(boolean duplicate, int lose, boolean reversed) {
    static final Delivery NORMAL = new Delivery(false, 0, false);
  }

  /**
   * One attempt at a notification.
   *
   * @param status the HTTP status that came back, 0 for none
   */
  public record Sent(String notificationId, String type, String uId, int attempt, int status) {}

  /** Trusts whom the context trusts, from now on. */
  public void trust(SSLContext context) {
    client = clientBuilder().sslContext(context).build();
  }

  /** Changes how a library's notifications get to their client. */
  public synchronized void deliver(String uId, Delivery delivery) {
    deliveries.put(uId, delivery);
  }

  /** The newest attempts, in the order they were made. */
  public synchronized List<Sent> journal() {
    return new ArrayList<>(journal);
  }

  synchronized void reset() {
    deliveries.clear();
    journal.clear();
  }

  /** Whether Apple would take this as a notification URL: HTTPS, host and path only. */
  public boolean acceptable(String url) {
    try {
      URI uri = URI.create(url);
      String host = uri.getHost();
      return host != null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getRawUserInfo() == null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || (plain && "http".equalsIgnoreCase(uri.getScheme()) && loopback(host)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean loopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Sends the test that a new URL must answer before it is stored. */
  public boolean test(String uId, String url, String bearer) {
    Notice notice = new Notice(Notice.TEST, json.createObjectNode());
    return success(attempt(url, bearer, message(uId, notice, nextId(uId)), 1));
  }

  /** Sends in the background what the library's client subscribed to. */
  public void send(Library library, List<Notice> notices) {
    ClientConfig config = library.config();
    String url = config.notificationUrl();
    String bearer = config.notificationAuthToken();
    if (url == null || bearer == null || notices.isEmpty()) {
      return;
    }
    Delivery delivery = delivery(library.uId());
    List<Notice> ordered = delivery.reversed() ? notices.reversed() : notices;
    for (Notice notice : ordered) {
      if (config.notificationTypes().contains(notice.type()) && !lost(library.uId())) {
        Message message = message(library.uId(), notice, nextId(library.uId()));
        for (int copy = 0; copy < (delivery.duplicate() ? 2 : 1); copy++) {
          enqueue(url, bearer, message);
        }
      }
    }
  }

  /** Sends one notification now, subscribed to or not, and says what status came back. */
  public int fire(Library library, Notice notice, @Nullable String id) {
    ClientConfig config = library.config();
    String url = config.notificationUrl();
    String bearer = config.notificationAuthToken();
    if (url == null || bearer == null) {
      throw new IllegalArgumentException("No client has set a notification URL for this library");
    }
    String chosen = id == null ? nextId(library.uId()) : id;
    return attempt(url, bearer, message(library.uId(), notice, chosen), 1);
  }

  private record Message(String id, String type, String uId, String body) {}

  private Message message(String uId, Notice notice, String id) {
    ObjectNode body = json.createObjectNode();
    body.set("notification", notice.notification());
    body.put("notificationId", id);
    body.put("notificationType", notice.type());
    body.put("uId", uId);
    return new Message(id, notice.type(), uId, json.writeValueAsString(body));
  }

  private String nextId(String uId) {
    String name = uId + "/notification/" + serial.incrementAndGet();
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private synchronized Delivery delivery(String uId) {
    return deliveries.getOrDefault(uId, Delivery.NORMAL);
  }

  private synchronized boolean lost(String uId) {
    Delivery delivery = deliveries.getOrDefault(uId, Delivery.NORMAL);
    if (delivery.lose() == 0) {
      return false;
    }
    deliveries.put(
        uId, new Delivery(delivery.duplicate(), delivery.lose() - 1, delivery.reversed()));
    return true;
  }

  private synchronized void enqueue(String url, String bearer, Message message) {
    queues
        .computeIfAbsent(
            message.uId(), _ -> Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()))
        .execute(() -> attemptOrRepeat(url, bearer, message, 1));
  }

  private void attemptOrRepeat(String url, String bearer, Message message, int number) {
    if (success(attempt(url, bearer, message, number)) || number == ATTEMPTS) {
      return;
    }
    later.after(
        retry, () -> repeats.execute(() -> attemptOrRepeat(url, bearer, message, number + 1)));
  }

  private static boolean success(int status) {
    return status >= 200 && status < 300;
  }

  private int attempt(String url, String bearer, Message message, int number) {
    int status = post(url, bearer, message.body());
    synchronized (this) {
      journal.addLast(new Sent(message.id(), message.type(), message.uId(), number, status));
      if (journal.size() > JOURNAL) {
        journal.removeFirst();
      }
    }
    return status;
  }

  private int post(String url, String bearer, String body) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofSeconds(10))
              .header("Authorization", "Bearer " + bearer)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException | IllegalArgumentException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static HttpClient.Builder clientBuilder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5));
  }

  @Override
  public synchronized void close() {
    later.close();
    repeats.shutdownNow();
    queues.values().forEach(ExecutorService::shutdownNow);
    client.shutdownNow();
  }
}
