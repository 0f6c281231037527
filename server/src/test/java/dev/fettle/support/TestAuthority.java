package dev.fettle.support;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority that issues certificates to servers and devices of tests. */
public final class TestAuthority {
  private static final char[] NO_PASSWORD = {};

  private final Random serials = new Random();
  private final X500Name name;
  private final KeyPair keys = keyPair();
  private final X509Certificate certificate;

  /** A certificate and its key. */
  public record Issued(X509Certificate certificate, PrivateKey key) {

    /** Writes both as PEM, the certificate first. */
    public void write(Path certificateFile, Path keyFile) throws IOException {
      TestAuthority.write(certificateFile, certificate);
      Files.writeString(keyFile, pem("PRIVATE KEY", key.getEncoded()));
    }
  }

  public TestAuthority(String commonName) {
    name = new X500Name("CN=" + commonName);
    certificate = sign(name, keys, null, true);
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Issues a certificate for a day. */
  public Issued issue(String subject, @Nullable GeneralName alternative) {
    KeyPair own = keyPair();
    return new Issued(sign(new X500Name(subject), own, alternative, false), own.getPrivate());
  }

  /** Writes a certificate as PEM. */
  public static void write(Path file, X509Certificate certificate) throws IOException {
    try {
      Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads a certificate of a PEM file. */
  public static X509Certificate read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A TLS client that trusts one authority, and shows a certificate if it has one. */
  public static SSLContext client(X509Certificate trusted, @Nullable Issued own) {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("authority", trusted);
      TrustManagerFactory trusting =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusting.init(trust);
      KeyStore mine = KeyStore.getInstance("PKCS12");
      mine.load(null, null);
      if (own != null) {
        mine.setKeyEntry("own", own.key(), NO_PASSWORD, new Certificate[] {own.certificate()});
      }
      KeyManagerFactory showing =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      showing.init(mine, NO_PASSWORD);
      SSLContext client = SSLContext.getInstance("TLS");
      client.init(showing.getKeyManagers(), trusting.getTrustManagers(), null);
      return client;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      X500Name subject, KeyPair own, @Nullable GeneralName alternative, boolean authority) {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(100, serials),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            subject,
            own.getPublic());
    try {
      builder.addExtension(
          Extension.basicConstraints,
          true,
          authority ? new BasicConstraints(0) : new BasicConstraints(false));
      if (alternative != null) {
        builder.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(alternative));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] content) {
    return String.join(
        "\n",
        List.of(
            "-----BEGIN " + label + "-----",
            Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content),
            "-----END " + label + "-----",
            ""));
  }
}
