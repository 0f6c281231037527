package dev.fettle.devices;

import java.util.Arrays;
import java.util.Optional;

/** The ways in which sent attributes change those of a device. */
public enum AttributeMode {
  /** Those sent are set, the others stay. */
  MERGE,
  /** Those sent are all there are. */
  REPLACE,
  /** Those sent are removed. */
  REMOVE;

  /** The mode of that name as DDI writes it, in any letter case. */
  public static Optional<AttributeMode> of(String word) {
    return Arrays.stream(values()).filter(mode -> mode.name().equalsIgnoreCase(word)).findFirst();
  }
}
