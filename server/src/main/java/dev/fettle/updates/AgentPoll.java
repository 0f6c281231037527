package dev.fettle.updates;

import dev.fettle.devices.AuthenticatedDevice;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a poll of a device.
 *
 * @param open its open operations: those to be cancelled first, then the oldest
 */
public record AgentPoll(AuthenticatedDevice device, List<OpenOperation> open) {

  public AgentPoll {
    open = List.copyOf(open);
  }

  /** The software update that the device shall stop or carry out next. */
  public Optional<OpenOperation> software() {
    return first(OperationType.SOFTWARE_UPDATE);
  }

  /** The restart or the diagnostics that the device shall carry out. */
  public Optional<OpenOperation> first(OperationType type) {
    for (OpenOperation operation : open) {
      if (operation.type() == type) {
        return Optional.of(operation);
      }
    }
    return Optional.empty();
  }
}
