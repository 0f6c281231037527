package dev.fettle.graph;

/** The roots under which operations are served. */
public enum GraphVersion {
  /** Microsoft Graph v1.0. */
  V1("/v1.0"),
  /** Microsoft Graph beta. */
  BETA("/beta"),
  /** Fettle's own resources, in Graph's manners. */
  FETTLE("/fettle/v1.0");

  private final String root;

  GraphVersion(String root) {
    this.root = root;
  }

  /** The path of the root, with a leading and without a trailing slash. */
  public String root() {
    return root;
  }
}
