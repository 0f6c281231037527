package dev.fettle.app;

import dev.fettle.app.settings.Settings;
import dev.fettle.base.Refusal;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.ddi.DeviceCertificates;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.VppSettings;
import dev.fettle.vpp.apple.AppleSettings;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators may choose about the capabilities, each in its own words. */
public record CapabilitySettings(UpdateSettings updates, DdiSettings ddi, VppSettings vpp) {
  private static final String VAULT = "keys/vpp.json";

  /** What holds if nothing is chosen: Apple itself, and lenient about content tokens. */
  public static CapabilitySettings standard(Path data) {
    return new CapabilitySettings(
        UpdateSettings.standard(),
        DdiSettings.standard(),
        VppSettings.lenient(AppleSettings.apple(), data.resolve(VAULT)));
  }

  /** What the settings say. */
  static CapabilitySettings of(Settings settings) {
    Settings.Devices devices = settings.devices();
    URI address = settings.sockets().publicUrl();
    return new CapabilitySettings(
        UpdateSettings.standard()
            .with(
                devices.operationDeadline(),
                devices.successful()
                    ? UpdateSettings.StatusSpelling.RESOURCE_PAGE
                    : UpdateSettings.StatusSpelling.ACTION_PAGES),
        DdiSettings.standard()
            .every(devices.pollInterval())
            .reachedAt(address == null ? null : address.toString())
            .believing(certificates(devices.clients())),
        vpp(settings));
  }

  private static DeviceCertificates certificates(Settings.Clients clients) {
    return clients.authority() == null
        ? DeviceCertificates.none()
        : DeviceCertificates.of(
            Authorities.of(clients.authority()),
            switch (clients.headers()) {
              case "x-ssl" -> DeviceCertificates.PassedOn.X_SSL;
              case "x-controller-id" -> DeviceCertificates.PassedOn.X_CONTROLLER_ID;
              default -> DeviceCertificates.PassedOn.NOWHERE;
            },
            clients.tenants());
  }

  /** Where the keys lie that content tokens are encrypted with. */
  static Path vaultFile(Settings settings) {
    Path given = settings.vpp().keyFile();
    return given == null ? settings.data().resolve(VAULT) : given;
  }

  private static VppSettings vpp(Settings settings) {
    URI url = settings.vpp().appleUrl();
    Path authority = settings.vpp().appleAuthority();
    String example = settings.vpp().exampleToken();
    try {
      return new VppSettings(
          url.equals(AppleSettings.APPLE)
              ? AppleSettings.apple()
              : AppleSettings.at(url, url.resolve(AppleSettings.APPLE_LOOKUP.getPath())),
          authority == null ? null : Authorities.with(authority),
          vaultFile(settings),
          settings.vpp().strictTokens(),
          example == null ? null : ContentToken.parse(example),
          notificationBase(settings.sockets(), url));
    } catch (Refusal e) {
      throw new StartRefused(ExitCode.SETTINGS, "vpp.example-token: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new StartRefused(ExitCode.SETTINGS, "vpp.apple-url=" + url + ": " + e.getMessage());
    }
  }

  /** Apple reaches us by our public URL; a stand-in on this machine by localhost too. */
  private static @Nullable URI notificationBase(Settings.Sockets sockets, URI apple) {
    if (sockets.publicUrl() != null) {
      return sockets.publicUrl();
    }
    Integer port = sockets.httpsPort();
    boolean here = List.of("127.0.0.1", "localhost").contains(apple.getHost());
    return here && port != null && port != 0 ? URI.create("https://localhost:" + port) : null;
  }
}
