package dev.fettle.graph.schema;

import java.util.Map;

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

  /**
   * The schemas that come with the server, read anew: a tenth of a second's work, for the start.
   */
  public static Map<GraphVersion, Schema> schemas() {
    return Map.of(
        V1, Schema.load("v1.0"), BETA, Schema.load("beta"), FETTLE, Schema.load("fettle"));
  }

  /** The path of the root, with a leading and without a trailing slash. */
  public String root() {
    return root;
  }
}
