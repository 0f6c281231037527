package dev.fettle.vpp;

/** One try at the sync of a vppToken, by an id that is in the token's row while it may write. */
record SyncRun(String tenantId, String tokenId, String runId) {}
