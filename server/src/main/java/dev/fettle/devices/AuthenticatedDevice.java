package dev.fettle.devices;

import org.jspecify.annotations.Nullable;

/**
 * A device that has proved its identity.
 *
 * @param controllerId the name under which it polls
 * @param agent the program on it as far as known: the word before the slash of its {@code agent}
 *     attribute, such as {@code fettle}, {@code swupdate}, {@code rauc}, {@code zephyr}; {@code
 *     unknown} else
 * @param attributesWanted whether it shall be asked for its attributes
 * @param installedAction the number of the last software operation that counts as installed
 */
public record AuthenticatedDevice(
    String tenantId,
    String deviceId,
    String controllerId,
    String agent,
    boolean canRestart,
    boolean canRunDiagnostics,
    boolean attributesWanted,
    @Nullable Integer installedAction) {}
