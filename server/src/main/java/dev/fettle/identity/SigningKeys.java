package dev.fettle.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.fettle.base.FilePermissions;
import dev.fettle.base.UnusableFile;
import dev.fettle.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The keys with which the built-in issuer signs: a JSON Web Key Set in a file that only its owner
 * may read. The first key signs; tokens of the others are still good. Safe for concurrent use.
 *
 * <p>The keys are in a file and not in the database, so that who can read a copy of the database
 * cannot make tokens, and no second secret is needed to encrypt them. Servers that share a database
 * share the file.
 */
public final class SigningKeys {

  private static final int BITS = 2048;

  private final RSAKey signing;
  private final RSASSASigner signer;
  private final List<VerificationKey> verification;
  private final JWKSet published;

  private SigningKeys(List<RSAKey> keys) throws JOSEException {
    this.signing = keys.getFirst();
    this.signer = new RSASSASigner(signing);
    this.verification = keys.stream().map(SigningKeys::verification).toList();
    this.published = new JWKSet(List.<JWK>copyOf(keys)).toPublicJWKSet();
  }

  /** Keys that live as long as the process; for tests. */
  public static SigningKeys inMemory() {
    try {
      return new SigningKeys(List.of(generate()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the file, or makes it with a new key if there is none.
   *
   * @throws UnusableFile with a text for the operator
   */
  public static SigningKeys in(Path file) {
    try {
      if (Files.notExists(file)) {
        create(file);
      }
      requirePrivate(file);
      List<RSAKey> keys =
          JWKSet.parse(Files.readString(file)).getKeys().stream()
              .filter(key -> key instanceof RSAKey && key.isPrivate() && key.getKeyID() != null)
              .map(JWK::toRSAKey)
              .toList();
      if (keys.isEmpty()) {
        throw unusable(file, "it holds no private RSA key");
      }
      return new SigningKeys(keys);
    } catch (ParseException e) {
      // Without the cause, whose text may quote the file.
      throw unusable(file, "it is not a JSON Web Key Set");
    } catch (JOSEException e) {
      throw unusable(file, e.getClass().getSimpleName());
    } catch (IOException e) {
      throw unusable(file, UnusableFile.problem(e));
    }
  }

  /** A signed token with this payload. */
  String sign(JsonNode payload) {
    return sign(payload, signing.getKeyID());
  }

  /** A signed token whose header names a key. */
  String sign(JsonNode payload, String kid) {
    try {
      JWSObject token =
          new JWSObject(
              new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID(kid).build(),
              new Payload(Json.bytes(payload)));
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("a token could not be signed", e);
    }
  }

  /** The keys of this name, or all without a name. */
  List<VerificationKey> named(@Nullable String kid) {
    return verification.stream().filter(key -> kid == null || kid.equals(key.kid())).toList();
  }

  /** The key set that others verify with; public halves only. */
  String publishedJson() {
    return published.toString(true);
  }

  /** The name of the key that signs. */
  String signingKeyId() {
    return signing.getKeyID();
  }

  /** The public half of the key that signs, as bytes that a careless verifier could mistake. */
  byte[] publicBytes() {
    try {
      return signing.toRSAPublicKey().getEncoded();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** No key material. */
  @Override
  public String toString() {
    return "SigningKeys[" + signing.getKeyID() + "]";
  }

  private static VerificationKey verification(RSAKey key) {
    try {
      Optional<VerificationKey> usable = VerificationKey.of(key, null);
      return usable.orElseThrow(
          () -> new IllegalStateException("A signing key is shorter than " + BITS + " bits."));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey generate() throws JOSEException {
    return new RSAKeyGenerator(BITS)
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(JWSAlgorithm.RS256)
        .keyIDFromThumbprint(true)
        .generate();
  }

  private static void create(Path file) throws IOException, JOSEException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path fresh =
        Files.createTempFile(folder, "signing-keys", ".new", FilePermissions.privateFile());
    try {
      Files.write(
          fresh,
          new JWKSet(generate()).toString(false).getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.SYNC);
      // Never over a file that is there: a server that starts at the same time on the same folder
      // made it, and both go on with that one's key.
      Files.move(fresh, file);
    } catch (FileAlreadyExistsException e) {
      return;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    if (!rights.endsWith("------")) {
      throw unusable(
          file, "others than its owner may use it (" + rights + "); run chmod 600 on it");
    }
  }

  private static UnusableFile unusable(Path file, String why) {
    return new UnusableFile("The signing keys " + file + " cannot be used: " + why + ".");
  }
}
