package dev.fettle.vpp;

/** Which sync of which vppToken writes. */
record Run(String tenantId, String tokenId, String run) {}
