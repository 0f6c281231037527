package dev.fettle.vpp.apple;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A content token: the text of a {@code .vpptoken} file, which opens one library. The text is a
 * secret; only {@link #reveal} gives it, and neither {@link #toString} nor a refusal prints any
 * part of it. The expiry and the organisation inside are not secret.
 */
public final class ContentToken {

  private static final int LONGEST = 16_384;
  private static final int LONGEST_NAME = 1_024;
  private static final Pattern SPACE = Pattern.compile("\\s");

  private final String text;
  private final Instant expires;
  private final String organizationName;

  private ContentToken(String text, Instant expires, String organizationName) {
    this.text = text;
    this.expires = expires;
    this.organizationName = organizationName;
  }

  /**
   * Reads the text of a {@code .vpptoken} file; white space in and around it does not count.
   *
   * @throws Refusal with {@link Reason.Invalid} if it is not Base64 of a JSON object with {@code
   *     token}, {@code expDate} and {@code orgName}
   */
  public static ContentToken parse(String file) {
    String text = SPACE.matcher(file).replaceAll("");
    if (text.isEmpty()) {
      throw bad("it is empty");
    }
    if (text.length() > LONGEST) {
      throw bad("it is longer than " + LONGEST + " characters");
    }
    JsonNode content = content(text);
    member(content, "token");
    Instant expires = date(member(content, "expDate"));
    String organizationName = member(content, "orgName");
    if (organizationName.length() > LONGEST_NAME) {
      throw bad("the member orgName inside is longer than " + LONGEST_NAME + " characters");
    }
    if (!AppleJson.isText(organizationName)) {
      throw bad("the member orgName inside holds a character that text cannot have");
    }
    return new ContentToken(text, expires, organizationName);
  }

  /** The same, or nothing if it is not a content token. */
  public static Optional<ContentToken> read(String file) {
    try {
      return Optional.of(parse(file));
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  /** The time at which the token ends by itself. */
  public Instant expires() {
    return expires;
  }

  /** The organisation that the token was made for. */
  public String organizationName() {
    return organizationName;
  }

  /** The secret text: for the header to Apple, and for encryption before it is stored. */
  public String reveal() {
    return text;
  }

  /** Compares the text with another, in constant time. */
  public boolean sameAs(String other) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Names the kind and the expiry, and nothing of the secret. */
  @Override
  public String toString() {
    return "content token that expires " + expires;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Tells most other texts at a glance, without the cost of a parser that gives up. */
  private static boolean beginsAsObject(byte[] decoded) {
    int first = 0;
    while (first < decoded.length && (isSpace(decoded[first]) || isOfMark(decoded[first]))) {
      first++;
    }
    return first < decoded.length && decoded[first] == '{';
  }

  /** True of a part of a byte order mark, which readers of JSON pass over. */
  private static boolean isOfMark(byte one) {
    return one == (byte) 0xEF || one == (byte) 0xBB || one == (byte) 0xBF;
  }

  private static JsonNode content(String text) {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw bad("it is not Base64");
    }
    if (!beginsAsObject(decoded)) {
      throw bad("what is inside is not a JSON object");
    }
    try {
      return Json.read(decoded);
    } catch (Refusal e) {
      throw bad("what is inside is not JSON");
    }
  }

  private static String member(JsonNode content, String name) {
    JsonNode value = content.get(name);
    if (value == null || !value.isString() || value.asString().isBlank()) {
      throw bad("the member " + name + " is missing inside");
    }
    return value.asString();
  }

  private static Instant date(String text) {
    try {
      return AppleJson.instant(text);
    } catch (DateTimeException e) {
      throw bad("the member expDate inside is not a date with an offset, of the years 1 to 9999");
    }
  }

  private static Refusal bad(String why) {
    return Refusal.invalid(
        "token",
        "The property 'token' does not hold the text of a .vpptoken file: "
            + why
            + ". Download the content token again from Apple and send the file's whole text.");
  }
}
