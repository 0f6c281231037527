package dev.fettle.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A user of a tenant. */
record User(
    String id,
    String userPrincipalName,
    @Nullable String displayName,
    @Nullable String givenName,
    @Nullable String surname,
    @Nullable String mail,
    @Nullable String mailNickname,
    @Nullable String jobTitle,
    boolean accountEnabled,
    Instant createdDateTime) {}
