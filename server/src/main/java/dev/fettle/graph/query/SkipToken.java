package dev.fettle.graph.query;

import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The place where a page ended: the values of the order for its last row.
 *
 * <p>Written as base64url of a version byte, the values as JSON, and the first 16 bytes of an
 * HMAC-SHA256 over them and everything that the token is bound to. A token of another tenant, path
 * or set of options does not verify, so it can neither be forged nor carried over.
 *
 * @param values as texts, null for null
 * @param pageSize the size that was preferred when the first page was read; 0 if none was
 */
record SkipToken(List<@Nullable String> values, int pageSize) {

  private static final byte VERSION = 1;
  private static final int MAC_LENGTH = 16;
  private static final int MAX_LENGTH = 8_192;

  /**
   * The text for a next link.
   *
   * @param bound what the token is good for
   */
  String write(byte[] secret, List<String> bound) {
    ObjectNode node = Json.object();
    ArrayNode array = node.putArray("v");
    values.forEach(array::add);
    if (pageSize > 0) {
      node.put("n", pageSize);
    }
    byte[] payload = Json.bytes(node);
    byte[] token = new byte[1 + payload.length + MAC_LENGTH];
    token[0] = VERSION;
    System.arraycopy(payload, 0, token, 1, payload.length);
    byte[] mac = mac(secret, bound, payload);
    System.arraycopy(mac, 0, token, 1 + payload.length, MAC_LENGTH);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /**
   * Reads a text that {@link #write} made for the same secret and binding.
   *
   * @param terms how many values the order has now
   * @throws dev.fettle.base.Refusal if it is no such text
   */
  static SkipToken read(String text, byte[] secret, List<String> bound, int terms) {
    try {
      byte[] token = text.length() > MAX_LENGTH ? new byte[0] : Base64.getUrlDecoder().decode(text);
      int end = token.length - MAC_LENGTH;
      if (end > 1 && token[0] == VERSION) {
        byte[] payload = Arrays.copyOfRange(token, 1, end);
        byte[] mac = Arrays.copyOfRange(token, end, token.length);
        if (MessageDigest.isEqual(mac, mac(secret, bound, payload))) {
          JsonNode node = Json.readTrusted(new String(payload, StandardCharsets.UTF_8));
          List<@Nullable String> values = new ArrayList<>();
          for (JsonNode value : node.path("v")) {
            values.add(value.isNull() ? null : value.stringValue());
          }
          // One given out before the resource's order changed has others.
          if (values.size() == terms) {
            return new SkipToken(values, node.path("n").asInt(0));
          }
        }
      }
    } catch (IllegalArgumentException | JacksonException e) {
      throw QueryRefusals.badSkipToken();
    }
    throw QueryRefusals.badSkipToken();
  }

  private static byte[] mac(byte[] secret, List<String> bound, byte[] payload) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      for (String part : bound) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        // The length first, so that no two lists of parts look the same.
        mac.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        mac.update(bytes);
      }
      return Arrays.copyOf(mac.doFinal(payload), MAC_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
