package dev.fettle.app.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of this data directory, and the server certificate below it.
 *
 * <p>The authority lasts ten years; the server's certificate a year, and is made anew at a start
 * when a month is left or the names have changed.
 */
public final class LocalAuthority {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(397);
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final int SERIAL_BITS = 120;

  private final Path folder;
  private final Instant now;
  private final SecureRandom random = new SecureRandom();

  private LocalAuthority(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  /** The authority's certificate in a data directory, which clients are to trust. */
  public static Path certificate(Path data) {
    return data.resolve("tls/ca.pem");
  }

  /** Makes sure that the directory has an authority and a server certificate for these names. */
  static ServerIdentity identity(Path data, Set<String> names, Instant now) {
    LocalAuthority authority = new LocalAuthority(data.resolve("tls"), now);
    try {
      return authority.identity(names);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new TlsFailure(
          "No certificate can be made in %s: %s. Remove that folder to have a new authority made, or set https.certificate and https.key."
              .formatted(authority.folder, e.getMessage()),
          e);
    }
  }

  private ServerIdentity identity(Set<String> names)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path caFile = folder.resolve("ca.pem");
    Path caKeyFile = folder.resolve("ca-key.pem");
    if (!Files.exists(caFile) || !Files.exists(caKeyFile)) {
      makeAuthority(caFile, caKeyFile);
    }
    X509Certificate ca = PemFiles.certificates(caFile).getFirst();
    Path serverFile = folder.resolve("server.pem");
    Path serverKeyFile = folder.resolve("server-key.pem");
    if (!usable(serverFile, serverKeyFile, ca, names)) {
      makeServer(ca, PemFiles.privateKey(caKeyFile), names, serverFile, serverKeyFile);
    }
    return new ServerIdentity(
        PemFiles.certificates(serverFile), PemFiles.privateKey(serverKeyFile));
  }

  private boolean usable(Path file, Path key, X509Certificate ca, Set<String> names)
      throws IOException, GeneralSecurityException {
    if (!Files.exists(file) || !Files.exists(key)) {
      return false;
    }
    X509Certificate certificate = PemFiles.certificates(file).getFirst();
    return certificate.getIssuerX500Principal().equals(ca.getSubjectX500Principal())
        && certificate.getNotAfter().toInstant().isAfter(now.plus(RENEW_BEFORE))
        && names(certificate).equals(names);
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> names = new TreeSet<>();
    for (List<?> name : certificate.getSubjectAlternativeNames()) {
      names.add(String.valueOf(name.get(1)));
    }
    return names;
  }

  private void makeAuthority(Path file, Path keyFile)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair keys = keyPair();
    // The serial is in the name, so that two authorities on one machine can be told apart.
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    X500Name name =
        new X500Name("CN=Fettle local authority " + serial.toString(16).substring(0, 8));
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            serial,
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(AUTHORITY_LIFE)),
            name,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    write(builder, keys.getPrivate(), keys.getPrivate(), file, keyFile, "");
  }

  private void makeServer(
      X509Certificate ca, PrivateKey caKey, Set<String> names, Path file, Path keyFile)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair keys = keyPair();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            ca,
            new BigInteger(SERIAL_BITS, random),
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(SERVER_LIFE)),
            new javax.security.auth.x500.X500Principal("CN=Fettle"),
            keys.getPublic());
    JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(ca));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(keys.getPublic()));
    GeneralName[] all =
        names.stream()
            .map(
                name ->
                    new GeneralName(
                        isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new);
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
    write(
        builder,
        caKey,
        keys.getPrivate(),
        file,
        keyFile,
        PemFiles.pem("CERTIFICATE", ca.getEncoded()));
  }

  private static void write(
      X509v3CertificateBuilder builder,
      PrivateKey signer,
      PrivateKey own,
      Path file,
      Path keyFile,
      String chain)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    PemFiles.write(keyFile, PemFiles.pem("PRIVATE KEY", own.getEncoded()), true);
    PemFiles.write(file, PemFiles.pem("CERTIFICATE", certificate.getEncoded()) + chain, false);
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  static boolean isAddress(String name) {
    return name.contains(":") || name.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
  }

  /** Spelt as a certificate shows it, so that a reread name is equal. */
  static String canonical(String name) throws IOException {
    return isAddress(name) ? InetAddress.getByName(name).getHostAddress() : name;
  }
}
