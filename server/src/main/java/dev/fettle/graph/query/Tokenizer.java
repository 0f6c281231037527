package dev.fettle.graph.query;

import dev.fettle.graph.schema.PreciseTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts the value of {@code $filter} or {@code $orderby} into tokens. Never fails: see OTHER. */
final class Tokenizer {

  private static final Pattern GUID =
      Pattern.compile(
          "\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,100}(\\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final int GUID_LENGTH = 36;

  private final String text;
  private int at;

  private Tokenizer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    Tokenizer tokenizer = new Tokenizer(text);
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = tokenizer.next();
      tokens.add(token);
    } while (token.kind() != Token.Kind.END);
    return tokens;
  }

  private Token next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    int start = at;
    if (at == text.length()) {
      return token(Token.Kind.END, "", start);
    }
    char c = text.charAt(at);
    Token.Kind single =
        switch (c) {
          case '(' -> Token.Kind.OPEN;
          case ')' -> Token.Kind.CLOSE;
          case ',' -> Token.Kind.COMMA;
          case '/' -> Token.Kind.SLASH;
          case ':' -> Token.Kind.COLON;
          default -> Token.Kind.OTHER;
        };
    if (single != Token.Kind.OTHER) {
      at++;
      return token(single, String.valueOf(c), start);
    }
    if (c == '\'') {
      String quoted = quoted();
      return quoted == null ? rest(start) : token(Token.Kind.STRING, quoted, start);
    }
    if (isWord(c) && start + GUID_LENGTH <= text.length()) {
      String candidate = text.substring(start, start + GUID_LENGTH);
      boolean ends =
          start + GUID_LENGTH == text.length() || !isWord(text.charAt(start + GUID_LENGTH));
      if (ends && GUID.matcher(candidate).matches()) {
        at += GUID_LENGTH;
        return token(Token.Kind.GUID, candidate, start);
      }
    }
    if ((c >= '0' && c <= '9') || c == '-') {
      return numeral(start);
    }
    if (isWord(c) || c == '$' || c == '@') {
      while (at < text.length()
          && (isWord(text.charAt(at)) || "$@.".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      String name = text.substring(start, at);
      if (at < text.length() && text.charAt(at) == '\'') {
        String quoted = quoted();
        return quoted == null
            ? rest(start)
            : new Token(Token.Kind.TYPED_STRING, name, quoted, start + 1);
      }
      return token(Token.Kind.NAME, name, start);
    }
    at++;
    return token(Token.Kind.OTHER, String.valueOf(c), start);
  }

  private Token numeral(int start) {
    at++;
    while (at < text.length()
        && (isWord(text.charAt(at)) || "-:.+".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    String run = text.substring(start, at);
    if (NUMBER.matcher(run).matches()) {
      return token(Token.Kind.NUMBER, run, start);
    }
    if (DATE.matcher(run).matches()) {
      return token(Token.Kind.DATE, run, start);
    }
    if (PreciseTime.parse(run) != null) {
      return token(Token.Kind.TIME, run, start);
    }
    return token(Token.Kind.OTHER, run, start);
  }

  private @Nullable String quoted() {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\'') {
        out.append(c);
      } else if (at < text.length() && text.charAt(at) == '\'') {
        out.append('\'');
        at++;
      } else {
        return out.toString();
      }
    }
    return null;
  }

  private Token rest(int start) {
    at = text.length();
    return token(Token.Kind.OTHER, text.substring(start), start);
  }

  private static Token token(Token.Kind kind, String text, int start) {
    return new Token(kind, text, "", start + 1);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
