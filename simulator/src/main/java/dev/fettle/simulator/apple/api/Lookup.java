package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.Asset;
import dev.fettle.simulator.apple.library.Library;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The public catalogue behind {@code contentMetadataLookup}: names, bundle ids and platforms by
 * number.
 *
 * <p>Custom apps are shown only to who brings their library's content token in the cookie {@code
 * itvt}. What is not known, or not for this caller, is left out without an error.
 */
public final class Lookup {
  /** Its name in service/config's urls. */
  public static final String WIRE = "contentMetadataLookup";

  /** Where it is. */
  public static final String PATH = "/WebObjects/MZStorePlatform.woa/wa/lookup";

  private final Apple apple;

  /** The catalogue of all libraries. */
  public Lookup(Apple apple) {
    this.apple = apple;
  }

  /** What the catalogue says of the numbers that are asked for. */
  public Answer answer(Question question, @Nullable String cookies) {
    ObjectNode body = apple.json().createObjectNode();
    body.put("version", 2);
    body.put("isAuthenticated", false);
    ObjectNode results = body.putObject("results");
    String country = question.query().getOrDefault("cc", "us").toLowerCase(Locale.ROOT);
    for (String id : question.query().getOrDefault("id", "").split(",", -1)) {
      find(id.strip(), holder(cookies)).ifPresent(asset -> describe(results, asset, country));
    }
    return Answer.json(apple.json().writeValueAsString(body));
  }

  private Optional<Asset> find(String adamId, @Nullable Library holder) {
    return apple.libraries().stream()
        .flatMap(
            library ->
                library
                    .assetByNumber(adamId)
                    .filter(asset -> !asset.custom() || library == holder)
                    .stream())
        .findFirst();
  }

  private @Nullable Library holder(@Nullable String cookies) {
    if (cookies == null) {
      return null;
    }
    for (String cookie : cookies.split(";", -1)) {
      String trimmed = cookie.strip();
      if (trimmed.startsWith("itvt=")) {
        return apple
            .tokens()
            .find(trimmed.substring(5).replace("\"", ""))
            .flatMap(token -> apple.library(token.uId()))
            .orElse(null);
      }
    }
    return null;
  }

  private static void describe(ObjectNode results, Asset asset, String country) {
    boolean mac = asset.supportedPlatforms().equals(List.of("macOS"));
    ObjectNode entry = results.putObject(asset.id().adamId());
    entry.put("id", asset.id().adamId());
    entry.put("name", asset.name());
    entry.put("bundleId", asset.bundleId());
    entry.put("artistName", "Example Works");
    entry.put("url", "https://apps.apple.com/" + country + "/app/id" + asset.id().adamId());
    entry.put(
        "kind",
        asset.productType().equals(Asset.BOOK) ? "ebook" : mac ? "macSoftware" : "iosSoftware");
    entry.putArray("genreNames").add("Business");
    ArrayNode families = entry.putArray("deviceFamilies");
    for (String platform : asset.supportedPlatforms()) {
      switch (platform) {
        case "iOS" -> families.add("iphone").add("ipad").add("ipod");
        case "macOS" -> families.add("mac");
        case "tvOS" -> families.add("tvos");
        case "watchOS" -> families.add("watch");
        default -> families.add(platform.toLowerCase(Locale.ROOT));
      }
    }
    ObjectNode artwork = entry.putArray("artwork").addObject();
    artwork.put("url", "https://example.com/artwork/" + asset.id().adamId() + "/{w}x{h}bb.{f}");
    artwork.put("width", 512);
    artwork.put("height", 512);
    ObjectNode offer = entry.putArray("offers").addObject();
    offer.putObject("version").put("display", asset.version());
    entry.put("minimumOSVersion", mac ? "14.0" : "17.0");
    entry.put("releaseDate", "2024-03-01");
    entry.put("latestVersionReleaseDate", "2026-05-04");
    entry.put("isVppDeviceBasedLicensingEnabled", asset.deviceAssignable());
    entry.put("isB2BCustomApp", asset.custom());
  }
}
