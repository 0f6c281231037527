package dev.fettle.simulator.apple.library;

import org.jspecify.annotations.Nullable;

/** One piece of an event's work, which succeeds or fails alone. */
public sealed interface Task {
  /** A licence of an asset for a target. */
  record Associate(AssetId asset, Target target) implements Task {}

  /** A target's licence of an asset back into the library. */
  record Disassociate(AssetId asset, Target target) implements Task {}

  /** A new user. */
  record Create(UserEntry user) implements Task {}

  /** Other particulars for an active user. */
  record Update(UserEntry user) implements Task {}

  /** The end of an active user, whose licences return. */
  record Retire(UserEntry user) implements Task {}

  /** A user as a request names it. */
  record UserEntry(String clientUserId, @Nullable String email, @Nullable String managedAppleId) {}
}
