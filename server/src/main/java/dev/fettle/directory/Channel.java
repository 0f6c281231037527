package dev.fettle.directory;

import org.jspecify.annotations.Nullable;

/** A standard channel of a team. */
record Channel(
    String displayName, @Nullable String description, @Nullable Boolean isFavoriteByDefault) {

  /** The channel that every team has from its beginning, under the name that Teams gives it. */
  static Channel general(@Nullable String description) {
    return new Channel("General", description, null);
  }
}
