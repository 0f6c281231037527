package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.Reason;
import dev.fettle.http.Door;
import dev.fettle.http.Request;
import dev.fettle.http.Router;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A check of the name in each request to a development server, which gives tokens to whoever asks:
 * nobody on the internet may be able to point that name here. A page may let its own name lead to
 * this machine (DNS rebinding), and for the browser it then is the same site as the server: what
 * the page reads has no {@code Origin} at all, and cannot be told from what a program reads.
 *
 * @param names further names of this server, in lower case
 */
record HostNameCheck(Set<String> names) implements Router.Gate {

  /** Copies the names. */
  HostNameCheck {
    names = Set.copyOf(names);
  }

  /** The names that the settings give to the server. */
  static HostNameCheck of(Settings settings) {
    Set<String> names = new HashSet<>();
    settings.get(Setting.HTTPS_NAMES).forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    URI publicUrl = settings.find(Setting.PUBLIC_URL);
    if (publicUrl != null && publicUrl.getHost() != null) {
      names.add(publicUrl.getHost().toLowerCase(Locale.ROOT));
    }
    return new HostNameCheck(names);
  }

  @Override
  public Optional<Reason> refusal(Door door, Request request) {
    // Not what a proxy says of it, which a page could say as well.
    String asked = request.header("Host");
    String host = host(asked == null ? request.authority() : asked);
    return isOwn(host)
        ? Optional.empty()
        : Optional.of(
            Reason.forbidden(
                "This development server is called by the name '%s', which is not known to be its own. Add it to https.names."
                    .formatted(host)));
  }

  /** Addresses, names without a dot and those of loopback are not handed out to anybody. */
  private boolean isOwn(String host) {
    return host.startsWith("[")
        || host.indexOf('.') < 0
        || host.endsWith(".localhost")
        || host.matches("[0-9.]+")
        || names.contains(host);
  }

  private static String host(String authority) {
    return authority.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
  }
}
