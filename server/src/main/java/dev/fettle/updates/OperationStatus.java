package dev.fettle.updates;

/** Where an operation is in its life. */
public enum OperationStatus {
  QUEUED("queued", false),
  IN_PROGRESS("inProgress", false),
  SUCCEEDED("succeeded", true),
  FAILED("failed", true),
  CANCELLED("cancelled", true);

  private final String word;
  private final boolean last;

  OperationStatus(String word, boolean last) {
    this.word = word;
    this.last = last;
  }

  /** How it is stored, and spelt unless a setting says otherwise. */
  public String word() {
    return word;
  }

  /** Whether it is an end: such an operation never becomes another one. */
  public boolean isFinal() {
    return last;
  }

  /**
   * The one with this word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static OperationStatus of(String word) {
    for (OperationStatus status : values()) {
      if (status.word.equals(word)) {
        return status;
      }
    }
    throw new IllegalArgumentException("no operation status: " + word);
  }
}
