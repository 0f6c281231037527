package dev.fettle.graph.query;

/**
 * One token of an option's value.
 *
 * @param text as written; of a string the text within the quotes, of an enum literal the type name
 * @param extra the quoted text of a literal with a type name before it
 * @param position of the first character, from 1
 */
record Token(Kind kind, String text, String extra, int position) {
  enum Kind {
    NAME,
    STRING,
    TYPED_STRING,
    NUMBER,
    TIME,
    DATE,
    GUID,
    OPEN,
    CLOSE,
    COMMA,
    SLASH,
    COLON,
    OTHER,
    END
  }

  boolean isName(String word) {
    return kind == Kind.NAME && text.equalsIgnoreCase(word);
  }
}
