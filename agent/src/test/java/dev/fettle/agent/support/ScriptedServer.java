package dev.fettle.agent.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A DDI server written by hand: it does for each device what the test put into its script, notes
 * every request, and makes the faults that it is told to.
 */
public final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;
  private final String scheme;
  private final Map<String, Device> devices = new ConcurrentHashMap<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger(1000);
  private final JsonMapper json = JsonMapper.shared();

  /** All requests, in order. */
  public final List<Seen> requests = new CopyOnWriteArrayList<>();

  /** The value of {@code sleep} in every poll. */
  public volatile String sleep = "00:00:01";

  /** Whether requests need {@code GatewayToken gateway}, or any TargetToken. */
  public volatile boolean registersDevices = true;

  /** One request. */
  public record Seen(String method, String path, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** A feedback, as the device sent it. */
  public record Note(
      String kind, String actionId, String execution, String finished, List<String> details) {
    @Override
    public String toString() {
      return kind + " " + execution + "/" + finished;
    }
  }

  /** A file of an action. */
  public static final class File {
    public final String name;
    public volatile byte[] content;
    public volatile String sha256;
    public volatile long size;

    public File(String name, byte[] content) {
      this.name = name;
      this.content = content;
      this.sha256 = hash("SHA-256", content);
      this.size = content.length;
    }
  }

  /** What the server knows of a device. */
  public static final class Device {
    public final List<Note> notes = new CopyOnWriteArrayList<>();
    public final Map<String, String> attributes = new ConcurrentHashMap<>();
    public final AtomicInteger polls = new AtomicInteger();
    public volatile @Nullable JsonNode report;
    public volatile byte @Nullable [] diagnostics;
    public volatile @Nullable Action action;
    public volatile boolean wantsAttributes;
    public volatile @Nullable String restart;
    public volatile @Nullable String diagnosticsAction;

    /** The notes in short form. */
    public List<String> story() {
      return notes.stream().map(Note::toString).toList();
    }

    public Note last() {
      return notes.getLast();
    }
  }

  /** A deployment in the script. */
  public static final class Action {
    public final String id;
    public final String softwareType;
    public final String version;
    public final List<File> files;
    public volatile String update = "forced";
    public volatile String window = "";
    public volatile boolean cancelling;

    Action(String id, String softwareType, String version, List<File> files) {
      this.id = id;
      this.softwareType = softwareType;
      this.version = version;
      this.files = files;
    }
  }

  /** Something that goes wrong, so many times, where the path contains the words. */
  private static final class Fault {
    final String method;
    final String path;
    final int status;
    final long breakAfter;
    final boolean stall;
    final AtomicInteger left;

    Fault(String method, String path, int status, long breakAfter, boolean stall, int times) {
      this.method = method;
      this.path = path;
      this.status = status;
      this.breakAfter = breakAfter;
      this.stall = stall;
      this.left = new AtomicInteger(times);
    }

    boolean applies(String requestMethod, String requestPath) {
      return method.equals(requestMethod)
          && requestPath.contains(path)
          && left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
    }
  }

  public ScriptedServer() throws IOException {
    this(null);
  }

  /** With a TLS context it speaks https. */
  public ScriptedServer(@Nullable SSLContext tls) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(address, 0);
      scheme = "http";
    } else {
      HttpsServer https = HttpsServer.create(address, 0);
      https.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = https;
      scheme = "https";
    }
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public URI url() {
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
  }

  public Device device(String controllerId) {
    return devices.computeIfAbsent(controllerId, _ -> new Device());
  }

  public Map<String, Device> devices() {
    return devices;
  }

  /** Offers an update to a device. */
  public Action offer(String controllerId, String softwareType, String version, File... files) {
    Action action =
        new Action(Integer.toString(ids.incrementAndGet()), softwareType, version, List.of(files));
    device(controllerId).action = action;
    return action;
  }

  /** Answers the next requests of this kind with a status. */
  public void fail(String method, String path, int status, int times) {
    faults.add(new Fault(method, path, status, -1, false, times));
  }

  /** Breaks the connection of the next downloads after so many bytes. */
  public void breakDownloads(long after, int times) {
    faults.add(new Fault("GET", "/artifacts/", 0, after, false, times));
  }

  /** Answers the next feedback with this word in it with 503. */
  public void failReportsOf(String word, int times) {
    lostWord = word;
    lostReports.set(times);
  }

  /** Stops sending in the middle of the next download, and keeps the connection. */
  public void stallDownload(long after) {
    faults.add(new Fault("GET", "/artifacts/", 0, after, true, 1));
  }

  /** The requests of one method whose path contains the words. */
  public List<Seen> seen(String method, String path) {
    return requests.stream()
        .filter(r -> r.method().equals(method) && r.path().contains(path))
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readAllBytes();
    }
    Map<String, String> headers = new ConcurrentHashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    requests.add(new Seen(method, path, headers, new String(body, StandardCharsets.UTF_8)));
    Fault fault = null;
    for (Fault candidate : faults) {
      if (candidate.applies(method, path)) {
        fault = candidate;
        break;
      }
    }
    if (fault != null && fault.status > 0) {
      if (fault.status == 302) {
        exchange.getResponseHeaders().add("Location", redirect);
      }
      if (fault.status == 429) {
        exchange.getResponseHeaders().add("Retry-After", "7");
      }
      send(exchange, fault.status, new byte[0]);
      return;
    }
    route(exchange, path.substring(1).split("/", -1), body, fault);
  }

  private volatile String lostWord = "";
  private final AtomicInteger lostReports = new AtomicInteger();

  /** Called when a download begins. */
  public volatile Runnable onDownload = () -> {};

  /** Where answers of status 302 point to. */
  public volatile String redirect = "";

  private void route(HttpExchange exchange, String[] path, byte[] body, @Nullable Fault fault)
      throws IOException {
    if (path.length < 4 || !path[1].equals("controller") || !authorized(exchange)) {
      send(exchange, path.length < 4 ? 404 : 401, new byte[0]);
      return;
    }
    String base = url() + "/" + path[0] + "/controller/v1/" + path[3];
    Device device = device(path[3]);
    String what = path.length > 4 ? path[4] : "";
    switch (what) {
      case "" -> send(exchange, 200, poll(device, base));
      case "configData" -> {
        JsonNode data = json.readTree(body).path("data");
        data.properties().forEach(e -> device.attributes.put(e.getKey(), e.getValue().asString()));
        device.wantsAttributes = false;
        send(exchange, 200, new byte[0]);
      }
      case "report" -> {
        device.report = json.readTree(body);
        send(exchange, 200, new byte[0]);
      }
      case "softwaremodules" -> {
        onDownload.run();
        file(exchange, device, path[7], fault);
      }
      case "deploymentBase", "cancelAction", "restart", "diagnostics" -> {
        String rest = path.length > 6 ? path[6] : "";
        if (rest.equals("feedback")
            && new String(body, StandardCharsets.UTF_8).contains(lostWord)
            && lostReports.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0) {
          send(exchange, 503, new byte[0]);
        } else if (rest.equals("feedback")) {
          send(exchange, note(device, what, path[5], json.readTree(body)), new byte[0]);
        } else if (rest.equals("file")) {
          device.diagnostics = body;
          send(exchange, 200, new byte[0]);
        } else {
          ObjectNode answer = describe(device, what, path[5], base);
          send(exchange, answer == null ? 404 : 200, bytes(answer));
        }
      }
      default -> send(exchange, 404, new byte[0]);
    }
  }

  private boolean authorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return given != null
        && (given.startsWith("TargetToken ")
            || (registersDevices && given.equals("GatewayToken gateway")));
  }

  private byte[] poll(Device device, String base) {
    device.polls.incrementAndGet();
    ObjectNode body = json.createObjectNode();
    body.putObject("config").putObject("polling").put("sleep", sleep);
    ObjectNode links = body.putObject("_links");
    Action action = device.action;
    if (action != null) {
      String kind = action.cancelling ? "cancelAction" : "deploymentBase";
      links.putObject(kind).put("href", base + "/" + kind + "/" + action.id);
    }
    if (device.wantsAttributes) {
      links.putObject("configData").put("href", base + "/configData");
    }
    if (device.restart != null) {
      links.putObject("restart").put("href", base + "/restart/" + device.restart);
    }
    if (device.diagnosticsAction != null) {
      links.putObject("diagnostics").put("href", base + "/diagnostics/" + device.diagnosticsAction);
    }
    return bytes(body);
  }

  private @Nullable ObjectNode describe(Device device, String what, String id, String base) {
    ObjectNode body = json.createObjectNode();
    body.put("id", id);
    switch (what) {
      case "cancelAction" -> body.putObject("cancelAction").put("stopId", id);
      case "restart" -> body.putObject("restart");
      case "diagnostics" ->
          body.putObject("diagnostics")
              .putObject("upload")
              .put("href", base + "/diagnostics/" + id + "/file");
      default -> {
        Action action = device.action;
        if (action == null || !action.id.equals(id)) {
          return null;
        }
        deployment(body.putObject("deployment"), action, base);
      }
    }
    return body;
  }

  private static void deployment(ObjectNode deployment, Action action, String base) {
    deployment.put("download", "forced");
    deployment.put("update", action.update);
    if (!action.window.isEmpty()) {
      deployment.put("maintenanceWindow", action.window);
    }
    ObjectNode chunk = deployment.putArray("chunks").addObject();
    chunk.put("part", "os");
    chunk.put("version", action.version);
    chunk.put("name", "package");
    chunk
        .putArray("metadata")
        .addObject()
        .put("key", "softwareType")
        .put("value", action.softwareType);
    var artifacts = chunk.putArray("artifacts");
    for (File file : action.files) {
      ObjectNode artifact = artifacts.addObject();
      artifact.put("filename", file.name);
      artifact.putObject("hashes").put("sha256", file.sha256);
      artifact.put("size", file.size);
      artifact
          .putObject("_links")
          .putObject("download-http")
          .put("href", base + "/softwaremodules/1/artifacts/" + action.files.indexOf(file));
    }
  }

  private int note(Device device, String kind, String id, JsonNode body) {
    Action action = device.action;
    boolean update = kind.equals("deploymentBase") || kind.equals("cancelAction");
    if (update && (action == null || !action.id.equals(id))) {
      return 410;
    }
    JsonNode status = body.path("status");
    List<String> details = status.path("details").valueStream().map(JsonNode::asString).toList();
    String execution = status.path("execution").asString();
    String finished = status.path("result").path("finished").asString();
    device.notes.add(new Note(kind, id, execution, finished, details));
    boolean closed = execution.equals("closed");
    if (update && closed) {
      device.action = null;
      device.wantsAttributes = true;
    }
    if (kind.equals("cancelAction") && execution.equals("rejected") && action != null) {
      action.cancelling = false;
    }
    if (kind.equals("restart") && closed) {
      device.restart = null;
    }
    if (kind.equals("diagnostics") && closed) {
      device.diagnosticsAction = null;
    }
    return 200;
  }

  private static void file(
      HttpExchange exchange, Device device, String index, @Nullable Fault fault)
      throws IOException {
    Action action = device.action;
    if (action == null) {
      send(exchange, 404, new byte[0]);
      return;
    }
    byte[] content = action.files.get(Integer.parseInt(index)).content;
    String tag = "\"" + hash("SHA-1", content) + "\"";
    exchange.getResponseHeaders().add("ETag", tag);
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    int from = 0;
    int status = 200;
    if (range != null && (condition == null || condition.equals(tag))) {
      from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
      if (from >= content.length) {
        send(exchange, 416, new byte[0]);
        return;
      }
      status = 206;
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    int length = content.length - from;
    exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    if (fault != null && fault.breakAfter >= 0 && fault.breakAfter < length) {
      exchange.getResponseBody().write(content, from, (int) fault.breakAfter);
      exchange.getResponseBody().flush();
      if (!fault.stall) {
        exchange.close();
      }
      return;
    }
    exchange.getResponseBody().write(content, from, length);
    exchange.close();
  }

  private byte[] bytes(@Nullable JsonNode body) {
    return body == null ? new byte[0] : json.writeValueAsBytes(body);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  public static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
