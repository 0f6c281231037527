package dev.fettle.directory;

import dev.fettle.base.EnumNames;
import dev.fettle.db.Sql;
import java.util.EnumMap;
import java.util.Map;

/** Kinds of owner. */
public enum OwnerKind {
  /** A user, addressed by id or userPrincipalName. */
  USER,
  /** A chat; the meeting of a meeting chat is the chat. */
  CHAT,
  /** A team with its channels. */
  TEAM;

  /** The word for it: {@code user}, {@code chat}, {@code team}. */
  public String text() {
    return EnumNames.of(this);
  }

  /** The word as names of permissions have it: {@code User}, {@code Chat}, {@code Team}. */
  public String capitalized() {
    return name().charAt(0) + text().substring(1);
  }

  /** The kind whose word is given. */
  public static OwnerKind of(String text) {
    return EnumNames.find(OwnerKind.class, text).orElseThrow();
  }

  /** The column that holds ids of the kind. */
  String column() {
    return text() + "_id";
  }

  /** A statement for each kind, with its table for {@code TABLE} and its column for {@code ID}. */
  public static Map<OwnerKind, Sql> each(String statement) {
    Map<OwnerKind, Sql> all = new EnumMap<>(OwnerKind.class);
    for (OwnerKind kind : values()) {
      String text = statement.replace("TABLE", "directory_" + kind.text());
      all.put(kind, Sql.of(text.replace("ID", kind.column())));
    }
    return all;
  }
}
