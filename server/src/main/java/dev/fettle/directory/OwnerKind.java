package dev.fettle.directory;

import java.util.Arrays;
import java.util.Locale;

/** Kinds of owner. */
public enum OwnerKind {
  /** A user, addressed by id or userPrincipalName. */
  USER,
  /** A chat; the meeting of a meeting chat is the chat. */
  CHAT,
  /** A team with its channels. */
  TEAM;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word for it: {@code user}, {@code chat}, {@code team}. */
  public String text() {
    return text;
  }

  /** The word as names of permissions have it: {@code User}, {@code Chat}, {@code Team}. */
  public String capitalized() {
    return name().charAt(0) + text.substring(1);
  }

  /** The kind whose word is given. */
  public static OwnerKind of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst().orElseThrow();
  }

  /** The table that holds owners of the kind. */
  String table() {
    return "directory_" + text;
  }

  /** The column of that table that holds their ids. */
  String column() {
    return text + "_id";
  }
}
