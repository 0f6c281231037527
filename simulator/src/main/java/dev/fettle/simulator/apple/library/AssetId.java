package dev.fettle.simulator.apple.library;

/**
 * The identity of an asset: Apple's number for the app or book, and the pricing it was bought at.
 */
public record AssetId(String adamId, String pricingParam) {
  /** What a request means that leaves pricingParam out. */
  public static final String STANDARD = "STDQ";

  static AssetId standard(String adamId) {
    return new AssetId(adamId, STANDARD);
  }
}
