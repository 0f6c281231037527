package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.ddi.DeviceCertificates;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.VppSettings;
import dev.fettle.vpp.apple.AppleSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The settings of the capabilities, each in its own words. */
public record CapabilitySettings(UpdateSettings updates, DdiSettings ddi, VppSettings vpp) {
  private static final String KEYS = "keys/vpp.json";

  /** The settings if nothing is chosen: Apple itself, and lenient about content tokens. */
  public static CapabilitySettings standard(Path data) {
    return new CapabilitySettings(
        UpdateSettings.standard(),
        DdiSettings.standard(),
        VppSettings.lenient(AppleSettings.apple(), data.resolve(KEYS)));
  }

  /** The capabilities' part of the operator's settings. */
  static CapabilitySettings of(Settings settings) {
    URI address = settings.find(Setting.PUBLIC_URL);
    AppleSettings apple = settings.get(Setting.VPP_APPLE_URL);
    Path authority = settings.find(Setting.VPP_APPLE_AUTHORITY);
    return new CapabilitySettings(
        UpdateSettings.standard()
            .with(
                settings.get(Setting.DEVICES_OPERATION_DEADLINE),
                settings.get(Setting.DEVICES_OPERATION_STATUS)),
        DdiSettings.standard()
            .every(settings.get(Setting.DEVICES_POLL_INTERVAL))
            .withPublicUrl(address == null ? null : address.toString())
            .withCertificates(deviceCertificates(settings)),
        new VppSettings(
            apple,
            authority == null ? null : Authorities.with(authority),
            keyFile(settings),
            settings.get(Setting.VPP_STRICT_TOKENS),
            settings.find(Setting.VPP_EXAMPLE_TOKEN),
            address == null ? localNotificationBase(settings, apple) : address));
  }

  private static DeviceCertificates deviceCertificates(Settings settings) {
    Path authority = settings.find(Setting.DEVICES_CLIENT_AUTHORITY);
    return authority == null
        ? DeviceCertificates.none()
        : DeviceCertificates.of(
            Authorities.of(authority),
            settings.get(Setting.DEVICES_CLIENT_HEADERS),
            settings.get(Setting.DEVICES_CLIENT_TENANTS));
  }

  /** The file with the keys that content tokens are encrypted with. */
  static Path keyFile(Settings settings) {
    return Objects.requireNonNullElseGet(
        settings.find(Setting.VPP_KEY_FILE),
        () -> settings.get(Setting.DATA_DIRECTORY).resolve(KEYS));
  }

  /** Apple reaches us by our public URL alone; a stand-in on this machine also by localhost. */
  private static @Nullable URI localNotificationBase(Settings settings, AppleSettings apple) {
    Integer port = settings.find(Setting.HTTPS_PORT);
    boolean here = List.of("127.0.0.1", "localhost").contains(apple.baseUrl().getHost());
    return here && port != null && port != 0 ? URI.create("https://localhost:" + port) : null;
  }
}
