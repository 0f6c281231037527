package dev.fettle.simulator.apple.library;

import java.util.List;

/** An answer of Apple's API that says no: the error and, where Apple names them, the culprits. */
public final class AppleRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AppleError error;
  private final transient Culprits culprits;

  /** A refusal that blames nothing in particular. */
  public AppleRefusal(AppleError error) {
    this(error, Culprits.NONE);
  }

  /** A refusal that names what is wrong. */
  public AppleRefusal(AppleError error, Culprits culprits) {
    super(error.message(), null, false, false);
    this.error = error;
    this.culprits = culprits;
  }

  /** What Apple says. */
  public AppleError error() {
    return error;
  }

  /** What Apple blames. */
  public Culprits culprits() {
    return culprits;
  }

  /** What goes into {@code errorInfo}. */
  public record Culprits(
      List<AssetId> assets, List<String> clientUserIds, List<String> serialNumbers) {
    /** Nothing in particular. */
    public static final Culprits NONE = new Culprits(List.of(), List.of(), List.of());

    /** These assets. */
    public static Culprits assets(List<AssetId> assets) {
      return new Culprits(assets, List.of(), List.of());
    }

    /** These users. */
    public static Culprits clientUserIds(List<String> ids) {
      return new Culprits(List.of(), ids, List.of());
    }

    /** These devices. */
    public static Culprits serialNumbers(List<String> serials) {
      return new Culprits(List.of(), List.of(), serials);
    }

    /** Whether nothing is blamed. */
    public boolean isEmpty() {
      return assets.isEmpty() && clientUserIds.isEmpty() && serialNumbers.isEmpty();
    }
  }
}
