package dev.fettle.teams.packages;

/** The three kinds of owners an app can be installed in. */
public enum AppScope {
  /** The personal scope of a user. */
  USER("user", "User"),
  /** A chat; the meeting of a meeting chat is the chat. */
  CHAT("chat", "Chat"),
  /** A team with its channels. */
  TEAM("team", "Team");

  private final String target;
  private final String family;

  AppScope(String target, String family) {
    this.target = target;
    this.family = family;
  }

  /** The word for an owner of this scope: {@code user}, {@code chat}, {@code team}. */
  public String target() {
    return target;
  }

  /** What the names of tenant-wide permissions for this scope end in, after {@code For}. */
  public String family() {
    return family;
  }

  /** The scope whose {@link #target()} is given. */
  public static AppScope ofTarget(String target) {
    for (AppScope scope : values()) {
      if (scope.target.equals(target)) {
        return scope;
      }
    }
    throw new IllegalArgumentException("no scope is called " + target);
  }
}
