package dev.fettle.db;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement, or a piece of one, with values for its named parameters.
 *
 * <p>A parameter is written {@code :displayName}, as often as it is needed. The text is taken apart
 * once, so statements are constants of their store, and {@code with} answers a copy that has more
 * values. The text is always ours; whatever a client said is a value. A question mark that is an
 * operator of PostgreSQL is written {@code ??}.
 *
 * <p>Values may be String, Integer, Long, Double, BigDecimal, Boolean, Instant, byte[], UUID, List
 * of String (text[]), JsonNode (jsonb), null, or a constant of an enum, which is stored as {@link
 * dev.fettle.base.EnumNames} spells it. Immutable.
 */
@CheckReturnValue
public final class Sql {
  /** Stands in the place of a value that was not given yet. */
  private static final Object MISSING = new Object();

  private final String text;
  private final String[] names;
  private final @Nullable Object[] values;

  private Sql(String text, String[] names, @Nullable Object[] values) {
    this.text = text;
    this.names = names;
    this.values = values;
  }

  /** A statement, or a piece of one, with named parameters. */
  public static Sql of(String text) {
    List<String> names = new ArrayList<>();
    StringBuilder plain = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int end = endOfToken(text, i);
      if (text.charAt(i) == ':' && end > i + 1 && !text.startsWith("::", i)) {
        names.add(text.substring(i + 1, end));
        plain.append('?');
      } else {
        plain.append(text, i, end);
      }
      i = end;
    }
    @Nullable Object[] values = new @Nullable Object[names.size()];
    Arrays.fill(values, MISSING);
    return new Sql(plain.toString(), names.toArray(String[]::new), values);
  }

  /** The end of the quoted text, the cast, the parameter or the one character that begins there. */
  private static int endOfToken(String text, int start) {
    char first = text.charAt(start);
    if (first == '\'' || first == '"') {
      int close = text.indexOf(first, start + 1);
      return close < 0 ? text.length() : close + 1;
    }
    int end = start + 1;
    if (first == ':') {
      if (text.startsWith("::", start)) {
        return start + 2;
      }
      boolean named = end < text.length() && Character.isJavaIdentifierStart(text.charAt(end));
      while (named && end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
        end++;
      }
    }
    return end;
  }

  /** A statement that was assembled with a question mark for each of these values. */
  public static Sql assembled(String text, List<@Nullable Object> values) {
    return new Sql(text, new String[values.size()], values.toArray());
  }

  /**
   * This statement with a value for that parameter.
   *
   * @throws IllegalArgumentException if there is no parameter of that name
   */
  public Sql with(String name, @Nullable Object value) {
    @Nullable Object[] filled = values.clone();
    boolean found = false;
    for (int i = 0; i < names.length; i++) {
      if (name.equals(names[i])) {
        filled[i] = value;
        found = true;
      }
    }
    if (!found) {
      throw new IllegalArgumentException("no parameter :" + name + " in " + text);
    }
    return new Sql(text, names, filled);
  }

  /**
   * This statement with the values of a record's components, and of records within it, for the
   * parameters of their names; components that it does not name are left out.
   *
   * @throws IllegalArgumentException if it names none of them
   */
  public Sql with(Record components) {
    @Nullable Object[] filled = values.clone();
    if (RecordShape.of(components.getClass()).fill(components, names, filled) == 0) {
      throw new IllegalArgumentException(
          "no parameter for a " + components.getClass().getSimpleName() + " in " + text);
    }
    return new Sql(text, names, filled);
  }

  /** This statement followed by another piece, with the values of both. */
  public Sql append(Sql other) {
    String[] allNames = Arrays.copyOf(names, names.length + other.names.length);
    System.arraycopy(other.names, 0, allNames, names.length, other.names.length);
    @Nullable Object[] all = Arrays.copyOf(values, values.length + other.values.length);
    System.arraycopy(other.values, 0, all, values.length, other.values.length);
    return new Sql(text + other.text, allNames, all);
  }

  /** This statement followed by more text, which may have parameters too. */
  public Sql append(String more) {
    return append(of(more));
  }

  /** The text as the database gets it, with question marks. */
  public String text() {
    return text;
  }

  /**
   * The values, in the order of the question marks.
   *
   * @throws IllegalStateException if one is missing
   */
  @SuppressWarnings("ReferenceEquality") // No value that a caller binds is this object.
  public List<@Nullable Object> binds() {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == MISSING) {
        throw new IllegalStateException("no value for :" + names[i] + " in " + text);
      }
    }
    return Collections.unmodifiableList(Arrays.<@Nullable Object>asList(values));
  }

  /** The text alone: values may be personal, and this lands in logs. */
  @Override
  public String toString() {
    return text;
  }
}
