package dev.fettle.vpp.apple;

import org.jspecify.annotations.Nullable;

/** A user whom a management service has registered in a library. */
public record LibraryUser(
    String clientUserId, @Nullable String email, @Nullable String managedAppleId) {}
