package dev.fettle.vpp;

/** Which sync of which vppToken writes. */
record SyncRun(String tenantId, String tokenId, String run) {}
