package dev.fettle.simulator.apple.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Assets to fill libraries with, always the same ones: a small shelf with every kind, and as many
 * generated apps as a test wants.
 */
public final class Catalogue {
  private static final List<String> IOS = List.of("iOS");
  private static final List<String> MAC = List.of("macOS");

  private Catalogue() {}

  /** A few assets of every kind; the first two are the ones that Apple's examples name. */
  public static List<Asset> shelf() {
    return List.of(
        Asset.app("408709785", "Field Notes", "com.example.fieldnotes", IOS, 15_000),
        Asset.app("377298193", "Cutting Room", "com.example.cuttingroom", IOS, 120),
        Asset.app(
            "361309726", "Typesetter", "com.example.typesetter", List.of("iOS", "macOS"), 500),
        Asset.app("409203825", "Ledger for Mac", "com.example.mac.ledger", MAC, 40),
        Asset.app("497799835", "Workbench", "com.example.mac.workbench", MAC, Asset.UNLIMITED),
        Asset.app("361304891", "Slide Rule", "com.example.sliderule", IOS, Asset.UNLIMITED),
        Asset.app("640199958", "Site Survey", "com.example.sitesurvey", IOS, 3),
        Asset.app("1438388363", "Lobby Screen", "com.example.lobbyscreen", List.of("tvOS"), 25),
        withUserLicencesOnly(
            Asset.app("586447913", "Letter Press", "com.example.letterpress", IOS, 60)),
        custom(Asset.app("1600000001", "House App", "org.example.house", IOS, 200)),
        Asset.book("1400000123", "Handbook of Care", 30));
  }

  /** Generated apps, a macOS app among each seven, an unlimited one among each fifty. */
  public static List<Asset> generated(int from, int count) {
    List<Asset> assets = new ArrayList<>(count);
    for (int i = from; i < from + count; i++) {
      String number = String.format(Locale.ROOT, "%05d", i);
      int total = i % 50 == 49 ? Asset.UNLIMITED : 10 + (int) (i * 37L % 990);
      assets.add(
          Asset.app(
              Long.toString(2_000_000_000L + i),
              "App " + number,
              "com.example.app" + number,
              i % 7 == 6 ? MAC : IOS,
              total));
    }
    return assets;
  }

  private static Asset withUserLicencesOnly(Asset app) {
    return new Asset(
        app.id(),
        app.productType(),
        app.supportedPlatforms(),
        app.revocable(),
        false,
        app.total(),
        0,
        0,
        app.name(),
        app.bundleId(),
        app.version(),
        false);
  }

  private static Asset custom(Asset app) {
    return new Asset(
        app.id(),
        app.productType(),
        app.supportedPlatforms(),
        app.revocable(),
        app.deviceAssignable(),
        app.total(),
        0,
        0,
        app.name(),
        app.bundleId(),
        app.version(),
        true);
  }
}
