package dev.fettle.app;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/** The server's certificate chain, its own certificate first, with its private key. */
record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] SAMPLE = new byte[32];

  /** Reads it from two files. */
  static ServerIdentity of(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    ServerIdentity identity =
        new ServerIdentity(
            List.copyOf(PemFiles.certificates(certificate)), PemFiles.privateKey(key));
    if (!identity.isOne()) {
      throw new GeneralSecurityException(
          "the key in %s is not that of the first certificate in %s".formatted(key, certificate));
    }
    return identity;
  }

  /** True if the certificate verifies what the key signs. */
  private boolean isOne() throws GeneralSecurityException {
    X509Certificate own = chain.getFirst();
    if (!own.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    Signature signature =
        Signature.getInstance("SHA256with" + (key.getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
    signature.initSign(key);
    signature.update(SAMPLE);
    byte[] signed = signature.sign();
    signature.initVerify(own.getPublicKey());
    signature.update(SAMPLE);
    return signature.verify(signed);
  }
}
