package dev.fettle.vpp.sync;

/** Which sync of which vppToken writes. */
record Run(String tenantId, String tokenId, String run) {}
