package dev.fettle.vpp;

import java.time.Instant;

/** A vppToken of whose library Apple told something, and the time of that. */
record NotifiedToken(String tenantId, String tokenId, Instant at) {}
