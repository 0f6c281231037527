package dev.fettle.devices;

import java.util.Locale;
import java.util.Optional;

/** How a device's attributes are changed by what it sends. */
public enum AttributeMode {
  /** Those sent are set, the others stay. */
  MERGE,
  /** Those sent are all there are. */
  REPLACE,
  /** Those sent are removed. */
  REMOVE;

  /** The mode of that name as DDI writes it. */
  public static Optional<AttributeMode> of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "merge" -> Optional.of(MERGE);
      case "replace" -> Optional.of(REPLACE);
      case "remove" -> Optional.of(REMOVE);
      default -> Optional.empty();
    };
  }
}
