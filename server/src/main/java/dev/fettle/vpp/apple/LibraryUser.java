package dev.fettle.vpp.apple;

import org.jspecify.annotations.Nullable;

/** A user whom the management service has registered in a library. */
public record LibraryUser(
    String clientUserId,
    @Nullable String email,
    @Nullable String managedAppleId,
    @Nullable String status) {}
