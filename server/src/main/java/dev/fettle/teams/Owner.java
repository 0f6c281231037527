package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;

/**
 * The user, chat or team that a request addresses.
 *
 * @param key as the path has it; for a user the id or the userPrincipalName
 */
record Owner(OwnerKind kind, String key) {}
