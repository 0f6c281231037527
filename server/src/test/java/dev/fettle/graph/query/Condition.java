package dev.fettle.graph.query;

import dev.fettle.graph.query.Things.Thing;
import dev.fettle.graph.schema.PreciseTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A filter as text, and the same as plain Java: made together at random, evaluated apart. */
record Condition(String text, Predicate<Thing> holds) {

  /** The members as the schema numbers them. */
  static final List<String> COLOURS =
      List.of("red", "green", "blue", "unknownFutureValue", "ultra", "infra");

  static Condition random(Random random, int depth) {
    int kind = depth == 0 ? 9 : random.nextInt(10);
    return switch (kind) {
      case 0, 1 -> joined(random, depth, true);
      case 2, 3 -> joined(random, depth, false);
      case 4 -> {
        Condition inner = random(random, depth - 1);
        String space = random.nextBoolean() ? " " : "";
        yield new Condition("not" + space + "(" + inner.text + ")", inner.holds.negate());
      }
      default -> leaf(random);
    };
  }

  private static Condition joined(Random random, int depth, boolean and) {
    List<Condition> parts = new ArrayList<>();
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      parts.add(random(random, depth - 1));
    }
    return new Condition(
        parts.stream()
            .map(part -> "(" + part.text + ")")
            .collect(Collectors.joining(and ? " and " : " or ")),
        thing ->
            and
                ? parts.stream().allMatch(part -> part.holds.test(thing))
                : parts.stream().anyMatch(part -> part.holds.test(thing)));
  }

  private static Condition leaf(Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> text(random, "name", Thing::name);
      case 1 -> text(random, "note", Thing::note);
      case 2 -> text(random, "detail/text", Thing::detailText);
      case 3 ->
          compared(
              random,
              "number",
              String.valueOf(random.nextInt(5) - 2),
              Thing::number,
              Integer::valueOf);
      case 4 ->
          compared(
              random,
              "detail/number",
              String.valueOf(random.nextInt(3)),
              Thing::detailNumber,
              Integer::valueOf);
      case 5 -> {
        String literal = PreciseTime.of(Things.moment(random).plusNanos(random.nextInt(2) * 500L));
        yield compared(random, "moment", literal, Thing::moment, Instant::parse);
      }
      case 6 ->
          compared(
              random,
              "precise",
              Things.precise(random),
              thing -> thing.precise() == null ? null : Instant.parse(thing.precise()),
              Instant::parse);
      case 7 -> flag(random);
      case 8 -> colour(random, "colour", Thing::colour);
      case 9 -> colour(random, "document/colour", Thing::documentColour);
      case 10 -> {
        String word = Things.some(random, Things.WORDS);
        yield new Condition(
            "tags/any(t:t eq " + quoted(word) + ")", thing -> thing.tags().contains(word));
      }
      case 11 -> {
        String word = Things.some(random, Things.WORDS);
        yield random.nextBoolean()
            ? new Condition(
                "parts/any(p:p/label eq " + quoted(word) + " or p/stamp ne null)",
                thing ->
                    thing.parts().stream()
                        .anyMatch(part -> word.equals(part.label()) || part.stamped()))
            : new Condition(
                "parts/any(p:not(startswith(p/label," + quoted(word) + ")))",
                thing ->
                    thing.parts().stream()
                        .anyMatch(part -> part.label() == null || !part.label().startsWith(word)));
      }
      case 12 -> powers(random);
      default -> {
        boolean isNull = random.nextBoolean();
        yield new Condition(
            "parent/id " + (isNull ? "eq" : "ne") + " null",
            thing -> (thing.parentId() == null) == isNull);
      }
    };
  }

  private static Condition text(
      Random random, String path, Function<Thing, @Nullable String> value) {
    String word = Things.some(random, Things.WORDS);
    return switch (random.nextInt(6)) {
      case 0 ->
          new Condition(
              "startswith(" + path + "," + quoted(word) + ")",
              thing -> matches(value.apply(thing), text -> text.startsWith(word)));
      case 1 ->
          new Condition(
              "endswith(" + path + ", " + quoted(word) + ")",
              thing -> matches(value.apply(thing), text -> text.endsWith(word)));
      case 2 ->
          new Condition(
              "contains(" + path + "," + quoted(word) + ")",
              thing -> matches(value.apply(thing), text -> text.contains(word)));
      case 3 -> {
        String other = Things.some(random, Things.WORDS);
        boolean orNull = random.nextBoolean();
        yield new Condition(
            path + " in (" + quoted(word) + "," + quoted(other) + (orNull ? ",null)" : ")"),
            thing -> {
              String text = value.apply(thing);
              return text == null ? orNull : text.equals(word) || text.equals(other);
            });
      }
      default -> compared(random, path, quoted(word), value, literal -> word);
    };
  }

  private static boolean matches(@Nullable String text, Predicate<String> test) {
    return text != null && test.test(text);
  }

  private static <V extends Comparable<V>> Condition compared(
      Random random,
      String path,
      String literal,
      Function<Thing, @Nullable V> value,
      Function<String, V> read) {
    String operator = Things.some(random, List.of("eq", "ne", "gt", "ge", "lt", "le"));
    if (random.nextInt(6) == 0) {
      return new Condition(
          path + " " + operator + " null",
          thing ->
              switch (operator) {
                case "eq" -> value.apply(thing) == null;
                case "ne" -> value.apply(thing) != null;
                default -> false;
              });
    }
    V given = read.apply(literal);
    return new Condition(
        path + " " + operator + " " + literal,
        thing -> {
          V actual = value.apply(thing);
          return switch (operator) {
            case "eq" -> given.equals(actual);
            case "ne" -> !given.equals(actual);
            case "gt" -> actual != null && actual.compareTo(given) > 0;
            case "ge" -> actual != null && actual.compareTo(given) >= 0;
            case "lt" -> actual != null && actual.compareTo(given) < 0;
            default -> actual != null && actual.compareTo(given) <= 0;
          };
        });
  }

  private static Condition flag(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Condition("flag", thing -> Objects.equals(thing.flag(), true));
      case 1 -> new Condition("flag eq false", thing -> Objects.equals(thing.flag(), false));
      case 2 -> new Condition("not flag", thing -> !Objects.equals(thing.flag(), true));
      default -> new Condition("flag ne true", thing -> !Objects.equals(thing.flag(), true));
    };
  }

  private static Condition colour(
      Random random, String path, Function<Thing, @Nullable String> value) {
    String member = Things.some(random, List.of("red", "green", "blue", "unknownFutureValue"));
    String spelt = random.nextBoolean() ? member : member.toUpperCase(java.util.Locale.ROOT);
    String literal = (random.nextBoolean() ? "microsoft.graph.colour" : "") + "'" + spelt + "'";
    if (random.nextBoolean()) {
      boolean equal = random.nextBoolean();
      return new Condition(
          path + (equal ? " eq " : " ne ") + literal,
          thing -> shown(value.apply(thing)).equals(member) == equal);
    }
    String operator = Things.some(random, List.of("gt", "le"));
    int given = COLOURS.indexOf(member);
    return new Condition(
        path + " " + operator + " " + literal,
        thing -> {
          String stored = value.apply(thing);
          if (stored == null) {
            return false;
          }
          int actual = COLOURS.indexOf(stored);
          return operator.equals("gt") ? actual > given : actual <= given;
        });
  }

  static String shown(@Nullable String stored) {
    if (stored == null) {
      return "null";
    }
    return COLOURS.indexOf(stored) > 3 ? "unknownFutureValue" : stored;
  }

  private static Condition powers(Random random) {
    String first = Things.some(random, List.of("fly", "swim", "run"));
    String second = Things.some(random, List.of("fly", "swim", "run"));
    List<String> both = List.of(first, second);
    if (random.nextBoolean()) {
      return new Condition(
          "powers has '" + first + "," + second + "'",
          thing -> thing.powers() != null && thing.powers().containsAll(both));
    }
    boolean equal = random.nextBoolean();
    return new Condition(
        "powers " + (equal ? "eq" : "ne") + " '" + second + "," + first + "'",
        thing ->
            (thing.powers() != null && new HashSet<>(thing.powers()).equals(new HashSet<>(both)))
                == equal);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "''") + "'";
  }

  /** A random order as {@code $orderby} and as a comparator. */
  record Order(String text, Comparator<Thing> comparator) {

    static Order random(Random random) {
      StringBuilder text = new StringBuilder();
      Comparator<Thing> comparator = null;
      boolean descending = false;
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        descending = random.nextBoolean();
        Order term =
            switch (random.nextInt(7)) {
              case 0 -> of("name", Thing::name);
              case 1 -> of("note", Thing::note);
              case 2 -> of("number", Thing::number);
              case 3 -> of("moment", Thing::moment);
              case 4 -> of("precise", Thing::precise);
              case 5 ->
                  of(
                      "colour",
                      thing ->
                          thing.colour() == null
                              ? null
                              : Integer.valueOf(COLOURS.indexOf(thing.colour())));
              default -> of("flag", Thing::flag);
            };
        Comparator<Thing> one = descending ? term.comparator.reversed() : term.comparator;
        text.append(text.isEmpty() ? "" : ",").append(term.text).append(descending ? " desc" : "");
        comparator = comparator == null ? one : comparator.thenComparing(one);
      }
      Comparator<Thing> byId = Comparator.comparing(Thing::id);
      Comparator<Thing> all = Objects.requireNonNull(comparator);
      return new Order(text.toString(), all.thenComparing(descending ? byId.reversed() : byId));
    }

    private static <V extends Comparable<V>> Order of(
        String path, Function<Thing, @Nullable V> value) {
      Comparator<@Nullable V> nullsFirst = Comparator.nullsFirst(Comparator.naturalOrder());
      return new Order(
          path, (left, right) -> nullsFirst.compare(value.apply(left), value.apply(right)));
    }
  }
}
