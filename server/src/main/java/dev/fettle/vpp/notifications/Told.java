package dev.fettle.vpp.notifications;

import java.time.Instant;

/** Of which vppToken's library something was told, and when. */
record Told(String tenantId, String tokenId, Instant at) {}
