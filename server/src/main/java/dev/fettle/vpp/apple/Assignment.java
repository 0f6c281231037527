package dev.fettle.vpp.apple;

/** A licence of an asset that a user or a device holds. */
public record Assignment(String adamId, String pricing, LicenceHolder holder) {}
