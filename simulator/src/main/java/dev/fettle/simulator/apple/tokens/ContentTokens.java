package dev.fettle.simulator.apple.tokens;

import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.Secrets;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The content tokens given out: issues them, reads them from requests, ends them. */
public final class ContentTokens {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx").withZone(ZoneOffset.UTC);

  private final JsonMapper json;
  private final Map<String, ContentToken> bySecret = new LinkedHashMap<>();
  private final Map<String, Integer> issued = new LinkedHashMap<>();

  /** None given out yet. */
  public ContentTokens(JsonMapper json) {
    this.json = json;
  }

  /** Apple's way to write a time: an offset without a colon. */
  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** A new content token; the text is what the .vpptoken file holds. */
  public synchronized String issue(Library.Profile library, Instant expires, boolean readOnly) {
    int serial = issued.merge(library.uId(), 1, Integer::sum);
    String secret = Secrets.derive(library.uId() + "/token/" + serial);
    Instant whole = expires.truncatedTo(ChronoUnit.SECONDS);
    bySecret.put(secret, new ContentToken(secret, library.uId(), whole, false, readOnly));
    ObjectNode inner = json.createObjectNode();
    inner.put("token", secret);
    inner.put("expDate", time(whole));
    inner.put("orgName", library.organisation());
    return Base64.getEncoder()
        .encodeToString(json.writeValueAsString(inner).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The token behind a bearer, which must be the whole Base64 text. What the text itself says about
   * its expiry is not believed.
   */
  public synchronized Optional<ContentToken> find(String bearer) {
    return Optional.ofNullable(secretOf(bearer)).map(bySecret::get);
  }

  private @Nullable String secretOf(String bearer) {
    try {
      JsonNode inner = json.readTree(Base64.getDecoder().decode(bearer.strip()));
      return inner.path("token").stringValue(null);
    } catch (IllegalArgumentException | JacksonException e) {
      return null;
    }
  }

  /** Ends a token early; false if its text is none of ours. */
  public synchronized boolean revoke(String text) {
    return change(
        text,
        old -> new ContentToken(old.secret(), old.uId(), old.expires(), true, old.readOnly()));
  }

  /** Lets a token expire at a time; false if its text is none of ours. */
  public synchronized boolean expire(String text, Instant when) {
    return change(
        text,
        old -> new ContentToken(old.secret(), old.uId(), when, old.revoked(), old.readOnly()));
  }

  synchronized void revokeAll(String uId) {
    bySecret.replaceAll(
        (_, old) ->
            old.uId().equals(uId)
                ? new ContentToken(old.secret(), uId, old.expires(), true, old.readOnly())
                : old);
  }

  /** The tokens of a library, in the order they were given out. */
  public synchronized List<ContentToken> of(String uId) {
    return new ArrayList<>(
        bySecret.values().stream().filter(token -> token.uId().equals(uId)).toList());
  }

  private boolean change(String text, java.util.function.UnaryOperator<ContentToken> next) {
    String secret = secretOf(text);
    return secret != null && bySecret.computeIfPresent(secret, (_, old) -> next.apply(old)) != null;
  }
}
