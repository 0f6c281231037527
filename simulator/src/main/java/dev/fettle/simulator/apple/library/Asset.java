package dev.fettle.simulator.apple.library;

import java.util.List;

/**
 * An app or a book of a library with its licences, and what the public catalogue says about it.
 *
 * @param id number and pricing
 * @param productType {@code App} or {@code Book}
 * @param supportedPlatforms any of iOS, macOS, tvOS, watchOS, visionOS
 * @param revocable whether a licence can be taken back; books' cannot
 * @param deviceAssignable whether a device may hold a licence; books never
 * @param total licences owned; {@link #UNLIMITED} for a free app
 * @param assigned licences held
 * @param retired licences given up for good
 * @param name the title in the catalogue
 * @param bundleId the app's bundle id
 * @param version the newest version in the catalogue
 * @param custom whether it is a custom app, which the catalogue shows only to its library
 */
public record Asset(
    AssetId id,
    String productType,
    List<String> supportedPlatforms,
    boolean revocable,
    boolean deviceAssignable,
    int total,
    int assigned,
    int retired,
    String name,
    String bundleId,
    String version,
    boolean custom) {

  /** The total that Apple reports for a free app, which has no number of licences. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  static final String APP = "App";

  /** The product type of a book. */
  public static final String BOOK = "Book";

  /** Copies the platforms. */
  public Asset {
    supportedPlatforms = List.copyOf(supportedPlatforms);
  }

  /** An app that users and devices may hold. */
  public static Asset app(
      String adamId, String name, String bundleId, List<String> platforms, int total) {
    return new Asset(
        AssetId.standard(adamId),
        APP,
        platforms,
        true,
        true,
        total,
        0,
        0,
        name,
        bundleId,
        "1.0",
        false);
  }

  static Asset book(String adamId, String name, int total) {
    return new Asset(
        AssetId.standard(adamId),
        BOOK,
        List.of("iOS", "macOS"),
        false,
        false,
        total,
        0,
        0,
        name,
        "com.example.book" + adamId,
        "1.0",
        false);
  }

  /** Whether it is free, without a number of licences. */
  public boolean unlimited() {
    return total == UNLIMITED;
  }

  /** Licences that nobody holds. */
  public int available() {
    return total - assigned - retired;
  }

  Asset withAssigned(int count) {
    return new Asset(
        id,
        productType,
        supportedPlatforms,
        revocable,
        deviceAssignable,
        total,
        count,
        retired,
        name,
        bundleId,
        version,
        custom);
  }

  Asset withTotal(int count) {
    return new Asset(
        id,
        productType,
        supportedPlatforms,
        revocable,
        deviceAssignable,
        count,
        assigned,
        retired,
        name,
        bundleId,
        version,
        custom);
  }
}
