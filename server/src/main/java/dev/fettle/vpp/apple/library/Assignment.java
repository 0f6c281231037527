package dev.fettle.vpp.apple.library;

/** One licence in somebody's hands. */
public record Assignment(String adamId, String pricing, Target target) {}
