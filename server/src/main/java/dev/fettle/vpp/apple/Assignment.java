package dev.fettle.vpp.apple;

/** One licence in somebody's hands. */
public record Assignment(String adamId, String pricing, LicenceHolder holder) {}
