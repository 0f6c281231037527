package dev.fettle.agent.ddi;

import dev.fettle.agent.downloads.Artifact;
import dev.fettle.agent.downloads.DownloadProgress;
import dev.fettle.agent.downloads.DownloadSink;
import dev.fettle.agent.downloads.FileHash;
import dev.fettle.agent.downloads.StoppedException;
import dev.fettle.agent.downloads.WrongFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One device's way to its update server. */
public final class DdiClient {
  private static final int BUFFER = 65536;

  private final DdiHttp http;
  private final DdiAddress address;
  private final DdiCredential credential;
  private final JsonMapper json = JsonMapper.shared();

  public DdiClient(DdiHttp http, DdiAddress address, DdiCredential credential) {
    this.http = http;
    this.address = address;
    this.credential = credential;
  }

  /** Where this device stands. */
  public DdiAddress address() {
    return address;
  }

  /** Asks what there is to do. */
  public Poll poll() throws IOException, InterruptedException {
    return Poll.of(get(address.controller()));
  }

  /** Fetches a deployment, by the link of a poll. */
  public Deployment deployment(URI link) throws IOException, InterruptedException {
    return Deployment.of(get(link));
  }

  /** Fetches the id of the action to stop, by the {@code cancelAction} link of a poll. */
  public String actionToStop(URI link) throws IOException, InterruptedException {
    JsonNode body = get(link);
    return body.path("cancelAction").path("stopId").asString(body.path("id").asString(""));
  }

  /** Fetches the id of a restart that is asked for, by the link of a poll. */
  public String restart(URI link) throws IOException, InterruptedException {
    return get(link).path("id").asString("");
  }

  /** Fetches what is asked for by the {@code diagnostics} link of a poll. */
  public DiagnosticsRequest diagnostics(URI link) throws IOException, InterruptedException {
    JsonNode body = get(link);
    return new DiagnosticsRequest(
        body.path("id").asString(""),
        DdiJson.uri(body.path("diagnostics").path("upload").path("href").asString("")));
  }

  /** Reports on an action. */
  public void feedback(ActionKind kind, String actionId, Feedback feedback)
      throws IOException, InterruptedException {
    ObjectNode body = json.createObjectNode();
    body.put("id", actionId);
    ObjectNode status = body.putObject("status");
    status.put("execution", feedback.execution());
    status.putObject("result").put("finished", feedback.finished());
    if (feedback.code() != null) {
      status.put("code", feedback.code());
    }
    ArrayNode details = status.putArray("details");
    feedback.details().forEach(details::add);
    send("POST", address.below(kind.segment(), actionId, "feedback"), body);
  }

  /** Tells the device's attributes; they are merged into those that the server has. */
  public void configData(Map<String, String> attributes) throws IOException, InterruptedException {
    ObjectNode body = json.createObjectNode();
    body.put("mode", "merge");
    ObjectNode data = body.putObject("data");
    attributes.forEach(data::put);
    send("PUT", address.below("configData"), body);
  }

  /** Sends the documents on activity, configuration and health; only Fettle knows this address. */
  public void report(ObjectNode documents) throws IOException, InterruptedException {
    send("PUT", address.below("report"), documents);
  }

  /** Uploads a diagnostics file. */
  public void upload(URI target, Path file) throws IOException, InterruptedException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("the diagnostics file " + file + " is not there");
    }
    upload(target, new FileEntity(file.toFile(), ContentType.APPLICATION_OCTET_STREAM));
  }

  /** Uploads diagnostics from memory. */
  public void upload(URI target, byte[] content) throws IOException, InterruptedException {
    upload(target, new ByteArrayEntity(content, ContentType.APPLICATION_OCTET_STREAM));
  }

  private void upload(URI target, HttpEntity content) throws IOException, InterruptedException {
    http.exchange(DdiHttp.request("PUT", target, credential).setEntity(content));
  }

  /**
   * Downloads a file and checks it. What the sink already holds is not fetched again, and a
   * download that breaks goes on where it broke, as long as each attempt brings at least one byte.
   */
  public void download(Artifact artifact, DownloadSink sink, DownloadProgress progress)
      throws IOException, InterruptedException {
    URI link = artifact.download();
    if (link == null) {
      throw new WrongFileException("the server gave no link for '" + artifact.fileName() + "'");
    }
    FileHash hash = FileHash.of(artifact);
    if (hash.expected().isEmpty()) {
      throw new WrongFileException("the server gave no hash for '" + artifact.fileName() + "'");
    }
    if (artifact.size() < 0) {
      throw new WrongFileException("the server gave no size for '" + artifact.fileName() + "'");
    }
    boolean begunEarlier = sink.held() > 0;
    fetch(artifact, link, sink, progress);
    if (!hash.fits(sink.digest().digest())) {
      sink.reset();
      if (begunEarlier) {
        // What an earlier run left may have belonged to another file: once more, from the start.
        fetch(artifact, link, sink, progress);
        if (hash.fits(sink.digest().digest())) {
          return;
        }
        sink.reset();
      }
      throw new WrongFileException(
          "the "
              + hash.algorithm()
              + " of '"
              + artifact.fileName()
              + "' is not the one that was announced");
    }
  }

  private void fetch(Artifact artifact, URI link, DownloadSink sink, DownloadProgress progress)
      throws IOException, InterruptedException {
    int failures = 0;
    boolean asked = false;
    while (!asked || sink.held() != artifact.size()) {
      if (sink.held() > artifact.size()) {
        sink.reset();
      }
      if (sink.held() == artifact.size() && artifact.size() > 0) {
        return;
      }
      long before = sink.held();
      try {
        fetchOnce(artifact, link, sink, progress);
        asked = true;
        if (sink.held() < artifact.size()) {
          throw new IOException(
              "the download ended after " + sink.held() + " of " + artifact.size() + " bytes");
        }
      } catch (WrongFileException | StoppedException e) {
        throw e;
      } catch (DdiException e) {
        failures++;
        if (!e.passing() || failures >= http.retry().attempts()) {
          throw e;
        }
        http.pause(http.retry().before(failures, http.random()));
      } catch (IOException e) {
        failures = sink.held() > before ? 1 : failures + 1;
        if (failures >= http.retry().attempts()) {
          throw e;
        }
        http.pause(http.retry().before(failures, http.random()));
      }
    }
  }

  private void fetchOnce(Artifact artifact, URI link, DownloadSink sink, DownloadProgress progress)
      throws IOException, InterruptedException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/octet-stream");
    if (sink.held() > 0) {
      headers.put("Range", "bytes=" + sink.held() + "-");
      String tag = sink.tag();
      if (tag != null) {
        headers.put("If-Range", tag);
      }
    }
    // A link from https to plain http would show the token to everyone on the way.
    boolean exposed =
        "https".equalsIgnoreCase(address.server().getScheme())
            && !"https".equalsIgnoreCase(link.getScheme());
    try (ClassicHttpResponse response =
        http.open(link, exposed ? null : credential.header(), headers)) {
      switch (response.getCode()) {
        case 200 -> {
          if (sink.held() > 0) {
            sink.reset();
          }
          sink.tag(strongTag(response));
        }
        case 206 -> {
          String range = DdiHttp.header(response, "Content-Range");
          if (!range.startsWith("bytes " + sink.held() + "-")) {
            sink.reset();
            throw new IOException("asked for the rest of the file and got '" + range + "'");
          }
        }
        case 416 -> {
          sink.reset();
          throw new IOException("the server has less of the file than is here already");
        }
        default -> throw DdiHttp.refused("GET", link, response.getCode());
      }
      copy(artifact, DdiHttp.body(response), sink, progress);
    }
  }

  private static @Nullable String strongTag(ClassicHttpResponse response) {
    String tag = DdiHttp.header(response, "ETag");
    return tag.startsWith("\"") ? tag : null;
  }

  private static void copy(
      Artifact artifact, InputStream body, DownloadSink sink, DownloadProgress progress)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1024, artifact.size() + 1))];
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      if (sink.held() + count > artifact.size()) {
        sink.reset();
        throw new WrongFileException(
            "'" + artifact.fileName() + "' is longer than the announced " + artifact.size());
      }
      sink.write(buffer, count);
      progress.at(sink.held(), artifact.size());
    }
  }

  private JsonNode get(URI link) throws IOException, InterruptedException {
    byte[] body = http.exchange(DdiHttp.request("GET", link, credential));
    try {
      JsonNode node = json.readTree(body);
      if (!node.isObject()) {
        throw new IOException("GET " + link + " was not answered with a JSON object");
      }
      return node;
    } catch (JacksonException e) {
      throw new IOException("GET " + link + " was not answered with JSON", e);
    }
  }

  private void send(String method, URI target, ObjectNode body)
      throws IOException, InterruptedException {
    http.exchange(
        DdiHttp.request(method, target, credential)
            .setEntity(DdiHttp.json(json.writeValueAsBytes(body))));
  }
}
