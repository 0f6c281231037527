package dev.fettle.teams.consent;

/** The three kinds of owners an app can be installed in. */
public enum Scope {
  /** The personal scope of a user. */
  USER("user", "personal", "User"),
  /** A chat; the meeting of a meeting chat is the chat. */
  CHAT("chat", "groupChat", "Chat"),
  /** A team with its channels. */
  TEAM("team", "team", "Team");

  private final String target;
  private final String installationScope;
  private final String family;

  Scope(String target, String installationScope, String family) {
    this.target = target;
    this.installationScope = installationScope;
    this.family = family;
  }

  /** The word for an owner of this scope: {@code user}, {@code chat}, {@code team}. */
  public String target() {
    return target;
  }

  /** The member of {@code teamsAppInstallationScopes} for this scope. */
  public String installationScope() {
    return installationScope;
  }

  /** What the names of tenant-wide permissions for this scope end in, after {@code For}. */
  public String family() {
    return family;
  }

  /** The scope whose {@link #target()} is given. */
  public static Scope ofTarget(String target) {
    for (Scope scope : values()) {
      if (scope.target.equals(target)) {
        return scope;
      }
    }
    throw new IllegalArgumentException("no scope is called " + target);
  }
}
