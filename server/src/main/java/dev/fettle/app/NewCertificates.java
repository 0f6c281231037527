package dev.fettle.app;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
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
import java.util.Set;
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
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes certificates.
 *
 * <p>The only class that needs Bouncy Castle: its jars are signed, and a start that makes no
 * certificate shall not pay for checking them.
 */
final class NewCertificates {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(397);
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final int SERIAL_BITS = 120;

  private final Instant now;
  private final SecureRandom random = new SecureRandom();

  NewCertificates(Instant now) {
    this.now = now;
  }

  /** Writes a new authority: its certificate and, for the owner alone, its key. */
  void authority(Path file, Path keyFile) throws IOException, GeneralSecurityException {
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

  /** Writes a new certificate for these names below an authority, and its key. */
  void server(X509Certificate ca, PrivateKey caKey, Set<String> names, Path file, Path keyFile)
      throws IOException, GeneralSecurityException {
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
                        LocalAuthority.isAddress(name)
                            ? GeneralName.iPAddress
                            : GeneralName.dNSName,
                        name))
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
      throws IOException, GeneralSecurityException {
    X509Certificate certificate =
        new JcaX509CertificateConverter().getCertificate(builder.build(signer(signer)));
    PemFiles.write(keyFile, PemFiles.pem("PRIVATE KEY", own.getEncoded()), true);
    PemFiles.write(file, PemFiles.pem("CERTIFICATE", certificate.getEncoded()) + chain, false);
  }

  private static ContentSigner signer(PrivateKey key) throws GeneralSecurityException {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
