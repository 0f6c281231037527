package dev.fettle.updates;

import dev.fettle.base.EnumNames;

/** The kinds of operations. */
public enum OperationType {
  SOFTWARE_UPDATE,
  DEVICE_RESTART,
  DEVICE_DIAGNOSTICS;

  /** The member's name in the schema. */
  String word() {
    return EnumNames.of(this);
  }
}
