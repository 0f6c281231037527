package dev.fettle.simulator.apple.library;

import org.jspecify.annotations.Nullable;

/**
 * A user of a library who can hold licences.
 *
 * @param clientUserId the id that the client chose
 * @param email where an invitation would go
 * @param managedAppleId the organisation's account, if the client named one
 * @param status Registered, Associated or Retired
 * @param inviteCode what a registered user needs to accept the invitation
 * @param idHash stands for the Apple Account once there is one
 */
public record User(
    String clientUserId,
    @Nullable String email,
    @Nullable String managedAppleId,
    Status status,
    String inviteCode,
    @Nullable String idHash) {

  /** How far the user has come, spelt as Apple spells it. */
  public enum Status {
    REGISTERED("Registered"),
    ASSOCIATED("Associated"),
    RETIRED("Retired");

    private final String wire;

    Status(String wire) {
      this.wire = wire;
    }

    /** As Apple spells it. */
    public String wire() {
      return wire;
    }
  }

  /** Whether the user has not been retired. */
  public boolean active() {
    return status != Status.RETIRED;
  }

  User with(Status next, @Nullable String hash) {
    return new User(clientUserId, email, managedAppleId, next, inviteCode, hash);
  }
}
