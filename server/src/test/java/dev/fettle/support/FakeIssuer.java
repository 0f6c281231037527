package dev.fettle.support;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An OpenID Connect provider on loopback: a discovery document, a key set, and tokens signed with
 * its keys. It can be made to fail, to lie, to be slow and to exchange its keys.
 */
public final class FakeIssuer implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<JWK> keys = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> moreKeys = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final String path;
  private volatile boolean down;
  private volatile String named;
  private volatile String keysAddress;

  /** An issuer whose name is its address and this path. */
  public FakeIssuer(String path) {
    this.path = path;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    named = name();
    keysAddress = root() + "/keys";
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String where = exchange.getRequestURI().getPath();
          byte[] answer =
              where.endsWith("/.well-known/openid-configuration")
                  ? Json.bytes(Json.object().put("issuer", named).put("jwks_uri", keysAddress))
                  : keySet();
          if (where.equals("/keys")) {
            asked.incrementAndGet();
          }
          if (down) {
            answer = "away".getBytes(StandardCharsets.UTF_8);
          }
          exchange.sendResponseHeaders(down ? 503 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  /** What its tokens say as {@code iss}. */
  public String name() {
    return root() + path;
  }

  /** Where it is, without a final slash. */
  public String root() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How often its keys were fetched. */
  public int keysAsked() {
    return asked.get();
  }

  /** Answers 503 to everything, or not any more. */
  public void down(boolean away) {
    down = away;
  }

  /** Names another issuer in the discovery document. */
  public void nameItself(String issuer) {
    named = issuer;
  }

  /** Names another address of the key set in the discovery document. */
  public void keysAt(String address) {
    keysAddress = address;
  }

  /** Publishes the public half of a key. */
  public <T extends JWK> T publish(T key) {
    keys.add(key);
    return key;
  }

  /** Publishes a key as it stands, with members of its own. */
  public void publish(ObjectNode jwk) {
    moreKeys.add(jwk);
  }

  /** Publishes a key no more. */
  public void withdraw(JWK key) {
    keys.remove(key);
  }

  /** A new key for ES256; made much faster than one for RS256. */
  public static ECKey elliptic(String kid) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new key for RS256. */
  public static RSAKey rsa(String kid) {
    try {
      return new RSAKeyGenerator(2048).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token with these claims. */
  public static String sign(JWK key, JsonNode claims) {
    try {
      boolean elliptic = key instanceof ECKey;
      JWSObject token =
          new JWSObject(
              new JWSHeader.Builder(elliptic ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256)
                  .type(JOSEObjectType.JWT)
                  .keyID(key.getKeyID())
                  .build(),
              new Payload(Json.bytes(claims)));
      token.sign(elliptic ? new ECDSASigner(key.toECKey()) : new RSASSASigner(key.toRSAKey()));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private byte[] keySet() {
    ObjectNode set = Json.object();
    ArrayNode list = set.putArray("keys");
    keys.forEach(key -> list.add(Json.readTrusted(key.toPublicJWK().toJSONString())));
    moreKeys.forEach(list::add);
    return Json.bytes(set);
  }
}
