package dev.fettle.graph.query;

import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A condition of {@code $filter}, typed against the schema. */
sealed interface Expression {

  /** All of them hold. */
  record And(List<Expression> terms) implements Expression {}

  /** One of them holds. */
  record Or(List<Expression> terms) implements Expression {}

  /** It does not hold. */
  record Not(Expression term) implements Expression {}

  /** A path against a value, by one of the six comparisons. */
  record Comparison(Path path, Operator operator, Value value) implements Expression {}

  /** The value at the path is one of these. */
  record In(Path path, List<Value> values) implements Expression {}

  /** The flags at the path include these. */
  record Has(Path path, Value.Members flags) implements Expression {}

  /** The text at the path begins with, ends with or contains another. */
  record Match(Operator operator, Path path, String text) implements Expression {}

  /** Some element of a collection fulfils the condition, or there is one at all. */
  record Any(Path collection, String variable, @Nullable Expression condition)
      implements Expression {}

  /** The entity is of that type. */
  record IsOf(Path path, StructuredType type) implements Expression {}

  /** True or false. */
  record Constant(boolean holds) implements Expression {}

  /** One step of a path. */
  sealed interface Step {

    /** The step that a name takes from a type; null if it leads nowhere. */
    static @Nullable Step of(Schema schema, StructuredType from, String name) {
      if (name.indexOf('.') > 0) {
        return schema.type(name).orElse(null) instanceof StructuredType to && to.is(from)
            ? new Cast(to)
            : null;
      }
      Property property = from.property(name).orElse(null);
      if (property != null) {
        return new Structural(property);
      }
      NavigationProperty navigation = from.navigation(name).orElse(null);
      return navigation == null ? null : new Navigational(navigation);
    }

    /** The property's name as the schema spells it; nothing for a cast. */
    default String name() {
      return switch (this) {
        case Structural structural -> structural.property.name();
        case Navigational navigational -> navigational.property.name();
        case Cast cast -> "";
      };
    }

    /** The type that it leads to, of a collection that of its elements. */
    default Type type() {
      return switch (this) {
        case Structural structural -> structural.property.type();
        case Navigational navigational -> navigational.property.type();
        case Cast cast -> cast.to;
      };
    }

    /** True if it leads to a collection. */
    default boolean collection() {
      return switch (this) {
        case Structural structural -> structural.property.collection();
        case Navigational navigational -> navigational.property.collection();
        case Cast cast -> false;
      };
    }

    record Structural(Property property) implements Step {}

    record Navigational(NavigationProperty property) implements Step {}

    record Cast(StructuredType to) implements Step {}
  }

  /**
   * A path from the row, or from the element that a variable stands for.
   *
   * @param variable null for the row
   * @param type what the path ends in
   */
  record Path(@Nullable String variable, List<Step> steps, Type type, boolean collection) {
    public Path {
      steps = List.copyOf(steps);
    }

    /** The path as the schema spells it, without variable and casts. */
    public String text() {
      StringBuilder out = new StringBuilder();
      for (Step step : steps) {
        if (!step.name().isEmpty()) {
          out.append(out.isEmpty() ? "" : "/").append(step.name());
        }
      }
      return out.toString();
    }
  }

  /** A literal, in the type of what it is compared with. */
  sealed interface Value {
    record Null() implements Value {}

    record Bool(boolean value) implements Value {}

    record Numeric(BigDecimal value) implements Value {}

    record Text(String value) implements Value {}

    /** A point in time in the stored form of {@link dev.fettle.graph.schema.PreciseTime}. */
    record Time(String stored) implements Value {}

    /** One member, or several of a flags enumeration. */
    record Members(EnumType type, List<EnumType.Member> members) implements Value {
      public Members {
        members = List.copyOf(members);
      }
    }
  }
}
