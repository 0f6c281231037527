package dev.fettle.vpp;

import java.time.Instant;

/** A vppToken of whose library Apple told something, and when. */
record NotifiedToken(String tenantId, String tokenId, Instant at) {}
