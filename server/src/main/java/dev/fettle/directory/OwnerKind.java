package dev.fettle.directory;

/** What things can hang on. */
public enum OwnerKind {
  /** A user, addressed by id or userPrincipalName. */
  USER("user", "directory_user", "user_id"),
  /** A chat; the meeting of a meeting chat is the chat. */
  CHAT("chat", "directory_chat", "chat_id"),
  /** A team. */
  TEAM("team", "directory_team", "team_id");

  private final String text;
  private final String table;
  private final String column;

  OwnerKind(String text, String table, String column) {
    this.text = text;
    this.table = table;
    this.column = column;
  }

  /** The word for it: {@code user}, {@code chat}, {@code team}. */
  public String text() {
    return text;
  }

  String table() {
    return table;
  }

  String column() {
    return column;
  }
}
