package dev.fettle.teams.packages;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The abilities of an app, as its manifest declares them.
 *
 * @param registration the app's registration, or null
 * @param bots the ids of all bots, those of extensions and tabs included, in lower case
 * @param scopes the scopes of each kind of capability, by the manifest's name for the kind; none
 *     where the kind has no scopes
 * @param notificationOnly whether the bot only notifies and takes no messages
 */
public record Capabilities(
    @Nullable String registration,
    Set<String> bots,
    Map<String, Set<String>> scopes,
    boolean calling,
    boolean video,
    boolean files,
    boolean notificationOnly) {

  /** The manifest's name for the bot that one talks to. */
  public static final String BOT = "bots";

  /** The manifest's name for a messaging extension. */
  public static final String MESSAGING_EXTENSION = "composeExtensions";

  /** Those of an app that can do nothing: any other is more. */
  public static final Capabilities NONE =
      new Capabilities(null, Set.of(), Map.of(), false, false, false, false);

  public Capabilities {
    bots = Set.copyOf(bots);
    Map<String, Set<String>> copy = new TreeMap<>();
    scopes.forEach((kind, some) -> copy.put(kind, new TreeSet<>(some)));
    scopes = copy;
  }

  /** True if the app has a capability of a kind. */
  public boolean has(String kind) {
    return scopes.containsKey(kind);
  }
}
