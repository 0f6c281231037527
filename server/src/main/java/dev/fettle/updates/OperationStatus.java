package dev.fettle.updates;

import dev.fettle.base.EnumNames;

/** The states of an operation. */
enum OperationStatus {
  QUEUED,
  IN_PROGRESS,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  /** The spelling that is stored, and shown unless a setting says otherwise. */
  String word() {
    return EnumNames.of(this);
  }

  /** Answers if it is an end: such an operation never becomes another one. */
  boolean isFinal() {
    return this != QUEUED && this != IN_PROGRESS;
  }
}
