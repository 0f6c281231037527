package dev.fettle.support;

import dev.fettle.http.Headers;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.teams.packages.PackageWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Exchanges in files of plain HTTP text, which the documentation shows as well. A file begins with
 * lines of comment; then come requests, each after a line {@code ### request} and followed by its
 * answer after {@code ### answer}. Ids that the server made become numbered references, so equal
 * ones stay visibly equal; {@code {guid-1}} in a later request stands for what it was in an answer.
 * A body of type {@code application/zip} is written as the manifest of the app package that is
 * sent.
 *
 * <p>The system property {@code fettle.golden=rewrite} writes the answers into the files in place
 * of comparing them.
 */
public final class GoldenExchanges {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern SKIPTOKEN = Pattern.compile("skiptoken=[A-Za-z0-9_-]+");
  private static final Pattern REFERENCE = Pattern.compile("\\{guid-[0-9]+}");
  private static final List<String> SHOWN_HEADERS =
      List.of("Location", "Content-Type", "Content-Length", "Preference-Applied", "Retry-After");
  private static final JsonMapper PRETTY =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Turns the permission names in braces of an Authorization header into one that is accepted. */
  @FunctionalInterface
  public interface Authorization {
    String of(String permissions);
  }

  private final InProcess server;
  private final Authorization authorization;
  private final String seeds;
  private final Map<String, String> references = new LinkedHashMap<>();

  /**
   * @param seeds the documents that the server was seeded with: ids in them are no references
   */
  public GoldenExchanges(InProcess server, Authorization authorization, String seeds) {
    this.server = server;
    this.authorization = authorization;
    this.seeds = seeds;
  }

  /**
   * What the file would say if its answers were those of today.
   *
   * @param text what it says
   */
  public String replay(Path file, String text) {
    AnsweredRows.inExchange(file.getFileName().toString().replaceAll("\\.http$", ""));
    try {
      return replay(text);
    } finally {
      AnsweredRows.inExchange(null);
    }
  }

  private String replay(String file) {
    StringBuilder out = new StringBuilder();
    String[] parts = file.split("(?m)^### request\n", -1);
    out.append(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      int answerAt = parts[i].indexOf("### answer\n");
      String request = (answerAt < 0 ? parts[i] : parts[i].substring(0, answerAt)).strip();
      out.append("### request\n").append(request).append("\n\n### answer\n");
      out.append(answer(send(request)).stripTrailing()).append('\n');
      if (i < parts.length - 1) {
        out.append('\n');
      }
    }
    return out.toString();
  }

  /** Whether files are to be rewritten rather than compared. */
  public static boolean rewriting() {
    return "rewrite".equals(System.getProperty("fettle.golden"));
  }

  /** The files of a folder, in order. */
  public static List<Path> files(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      return list.filter(file -> file.toString().endsWith(".http")).sorted().toList();
    }
  }

  private Answer send(String text) {
    int blank = text.indexOf("\n\n");
    String[] head = (blank < 0 ? text : text.substring(0, blank)).split("\n");
    String body = blank < 0 ? "" : dereferenced(text.substring(blank + 2));
    String[] line = dereferenced(head[0]).split(" ");
    List<String> headers = new ArrayList<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      String name = head[i].substring(0, colon);
      String value = head[i].substring(colon + 1).strip();
      boolean bearer = name.equals("Authorization") && value.startsWith("Bearer {");
      headers.add(name);
      headers.add(
          bearer ? authorization.of(value.substring(8, value.length() - 1)) : dereferenced(value));
    }
    Headers sent = Headers.of(headers.toArray(new String[0]));
    boolean zip = "application/zip".equals(sent.first("Content-Type"));
    return server.send(
        line[0],
        line[1],
        sent,
        zip && Json.readTrusted(body) instanceof ObjectNode manifest
            ? PackageWriter.write(manifest)
            : body.getBytes(StandardCharsets.UTF_8));
  }

  private String answer(Answer answer) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + "\n");
    for (String name : SHOWN_HEADERS) {
      String value = answer.header(name);
      if (value != null) {
        text.append(name).append(": ").append(value).append('\n');
      }
    }
    if (!answer.body().isEmpty()) {
      text.append('\n');
      String type = answer.header("Content-Type");
      if (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
        JsonNode node = Json.readTrusted(answer.body());
        text.append(PRETTY.writeValueAsString(node)).append('\n');
      } else {
        text.append(answer.body()).append('\n');
      }
    }
    return referenced(text.toString());
  }

  private String referenced(String text) {
    Matcher guid = GUID.matcher(SKIPTOKEN.matcher(text).replaceAll("skiptoken={opaque}"));
    return guid.replaceAll(
        found ->
            seeds.contains(found.group())
                ? found.group()
                : Matcher.quoteReplacement(
                    references.computeIfAbsent(
                        found.group(), one -> "{guid-" + (references.size() + 1) + "}")));
  }

  private String dereferenced(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found ->
                references.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(found.group()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(found.group()));
  }
}
