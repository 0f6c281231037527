package dev.fettle.ddi;

import dev.fettle.base.Sha256;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The certificates by which devices may prove who they are: those of some authorities, shown by the
 * device itself or passed on in headers by a proxy that is trusted. A certificate opens the one
 * device whose controllerId is its common name or one of its URIs. Immutable.
 *
 * <p>A listener has checked the chain of what it passes up. Of what a proxy says, the authority is
 * compared: the SHA-256 fingerprint of its certificate has to be among the hashes.
 */
public final class DeviceCertificates {
  private static final DeviceCertificates NO_AUTHORITIES =
      new DeviceCertificates(Set.of(), ProxyHeaders.NONE, Set.of());
  private static final int URI = 6;

  /** The headers in which a trusted proxy passes a certificate on, in hawkBit's two spellings. */
  public enum ProxyHeaders {
    /** No header counts. */
    NONE("", "", 0),
    /** The usual ones. */
    X_SSL("X-Ssl-Client-Cn", "X-Ssl-Issuer-Hash", 1),
    /** Those of its later versions. */
    X_CONTROLLER_ID("X-Controller-Id", "X-Authority", 0);

    private final String name;
    private final String hashes;
    private final int first;

    ProxyHeaders(String name, String hashes, int first) {
      this.name = name;
      this.hashes = hashes;
      this.first = first;
    }

    /** All hashes, each as an authority's fingerprint is written: with or without colons. */
    private List<String> hashes(Headers headers) {
      List<String> lines = new ArrayList<>(headers.all(hashes));
      for (int i = first; headers.first(hashes + "-" + i) != null; i++) {
        lines.addAll(headers.all(hashes + "-" + i));
      }
      List<String> found = new ArrayList<>();
      for (String line : lines) {
        for (String hash : line.split("[;,]", -1)) {
          found.add(hash.strip().replace(":", "").toLowerCase(Locale.ROOT));
        }
      }
      return found;
    }
  }

  private final Set<String> fingerprints;
  private final ProxyHeaders passedOn;
  private final Set<String> tenants;

  private DeviceCertificates(Set<String> fingerprints, ProxyHeaders passedOn, Set<String> tenants) {
    this.fingerprints = fingerprints;
    this.passedOn = passedOn;
    this.tenants = Set.copyOf(tenants);
  }

  /** The set of no authorities: no certificate counts. */
  public static DeviceCertificates none() {
    return NO_AUTHORITIES;
  }

  /**
   * Those of some authorities.
   *
   * @param passedOn how a trusted proxy passes them on
   * @param tenants whose devices may use them, as devices name them in their paths; empty for all
   */
  public static DeviceCertificates of(
      Collection<X509Certificate> authorities, ProxyHeaders passedOn, Set<String> tenants) {
    return new DeviceCertificates(
        authorities.stream().map(DeviceCertificates::fingerprint).collect(Collectors.toSet()),
        passedOn,
        tenants);
  }

  private static String fingerprint(X509Certificate authority) {
    try {
      return Sha256.hex(authority.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The credential of a request for a device, if it came with a certificate that names it. */
  Optional<DeviceCredential> credential(
      Request request, String tenant, String controllerId, Instant now) {
    boolean open =
        !fingerprints.isEmpty()
            && (tenants.isEmpty() || tenants.contains(tenant))
            && (shown(request, controllerId, now) || passedOn(request, controllerId));
    return open ? Optional.of(DeviceCredential.certified(controllerId)) : Optional.empty();
  }

  private static boolean shown(Request request, String controllerId, Instant now) {
    X509Certificate certificate = request.peer().certificate();
    if (certificate == null) {
      return false;
    }
    try {
      // A connection may be open, and a session be taken up again, after the end of a certificate.
      certificate.checkValidity(Date.from(now));
      return names(certificate).contains(controllerId);
    } catch (CertificateException | InvalidNameException e) {
      return false;
    }
  }

  /** The URIs, and the common name that stands nearest to the device. */
  private static List<String> names(X509Certificate certificate)
      throws CertificateParsingException, InvalidNameException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> name : alternatives) {
        if (name.get(0).equals(URI)) {
          names.add(String.valueOf(name.get(1)));
        }
      }
    }
    List<Rdn> parts =
        new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().reversed();
    parts.stream()
        .filter(part -> part.getType().equalsIgnoreCase("CN"))
        .findFirst()
        .ifPresent(part -> names.add(String.valueOf(part.getValue())));
    return names;
  }

  private boolean passedOn(Request request, String controllerId) {
    return passedOn != ProxyHeaders.NONE
        && request.peer().proxied()
        && request.headers().all(passedOn.name).equals(List.of(controllerId))
        && passedOn.hashes(request.headers()).stream().anyMatch(fingerprints::contains);
  }
}
