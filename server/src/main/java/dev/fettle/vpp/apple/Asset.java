package dev.fettle.vpp.apple;

import java.util.List;

/**
 * The licences that a library has of one app or book at one pricing.
 *
 * @param pricing {@code STDQ} or {@code PLUS}
 * @param productType {@code App} or {@code Book}
 * @param platforms {@code iOS}, {@code macOS} and others
 */
public record Asset(
    String adamId,
    String pricing,
    String productType,
    boolean deviceAssignable,
    List<String> platforms,
    long assigned,
    long total) {

  /** The pricing that is meant where none is given. */
  public static final String STANDARD = "STDQ";

  public Asset {
    platforms = List.copyOf(platforms);
  }
}
