package dev.fettle.updates;

/** What can be asked of a device. */
public enum OperationType {
  SOFTWARE_UPDATE("softwareUpdate"),
  RESTART("deviceRestart"),
  DIAGNOSTICS("deviceDiagnostics");

  private final String word;

  OperationType(String word) {
    this.word = word;
  }

  /** The member's name in the schema. */
  public String word() {
    return word;
  }

  /**
   * The one with this word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static OperationType of(String word) {
    for (OperationType type : values()) {
      if (type.word.equals(word)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no operation type: " + word);
  }
}
