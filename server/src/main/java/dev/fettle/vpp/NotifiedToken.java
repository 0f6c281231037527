package dev.fettle.vpp;

import java.time.Instant;

/** Of which vppToken's library something was told, and when. */
record NotifiedToken(String tenantId, String tokenId, Instant at) {}
