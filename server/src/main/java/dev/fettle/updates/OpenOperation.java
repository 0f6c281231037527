package dev.fettle.updates;

/**
 * A piece of work that waits for a device or is under way there.
 *
 * @param actionNumber the number by which agents know it
 * @param cancelRequested whether the device shall stop it
 */
public record OpenOperation(
    int actionNumber, OperationType type, OperationStatus status, boolean cancelRequested) {

  /** Answers if it is over. */
  public boolean isFinal() {
    return status.isFinal();
  }
}
