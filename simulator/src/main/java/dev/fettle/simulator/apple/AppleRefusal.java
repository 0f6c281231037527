package dev.fettle.simulator.apple;

import java.util.List;

/** An answer of Apple's API that says no: the error and, where Apple names them, the culprits. */
final class AppleRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AppleError error;
  private final transient Culprits culprits;

  AppleRefusal(AppleError error) {
    this(error, Culprits.NONE);
  }

  AppleRefusal(AppleError error, Culprits culprits) {
    super(error.message(), null, false, false);
    this.error = error;
    this.culprits = culprits;
  }

  AppleError error() {
    return error;
  }

  Culprits culprits() {
    return culprits;
  }

  /** What goes into {@code errorInfo}. */
  record Culprits(List<AssetId> assets, List<String> clientUserIds, List<String> serialNumbers) {
    static final Culprits NONE = new Culprits(List.of(), List.of(), List.of());

    static Culprits assets(List<AssetId> assets) {
      return new Culprits(assets, List.of(), List.of());
    }

    static Culprits clientUserIds(List<String> ids) {
      return new Culprits(List.of(), ids, List.of());
    }

    static Culprits serialNumbers(List<String> serials) {
      return new Culprits(List.of(), List.of(), serials);
    }

    boolean isEmpty() {
      return assets.isEmpty() && clientUserIds.isEmpty() && serialNumbers.isEmpty();
    }
  }
}
