package dev.fettle.graph.query;

import dev.fettle.db.Row;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.Type;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;

/** One member of a printed object, and the column that it is read from. */
sealed interface MemberPrinter {

  /** True if the row has no value for it. */
  boolean absent(Row row);

  /** Prints name and value. */
  void print(JsonGenerator json, Row row, ExpandedCollections collections);

  /** The form of a value that is there. */
  interface Form<T> {
    void write(JsonGenerator json, T value, ExpandedCollections collections);
  }

  /**
   * A value of one column.
   *
   * @param column reads it by the label; null if the row has none
   * @param none what is printed then
   */
  record Value<T>(
      SerializableString name,
      String label,
      BiFunction<Row, String, @Nullable T> column,
      Form<T> form,
      String none)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return column.apply(row, label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      T value = column.apply(row, label);
      if (value == null) {
        json.writeRawValue(none);
      } else {
        form.write(json, value, collections);
      }
    }
  }

  /** A value of a column, in the form of its kind; a document has its own printer. */
  static MemberPrinter of(
      Resource.Kind kind, SerializableString name, String label, Type type, boolean lateMembers) {
    return switch (kind) {
      case TEXT -> ofText(name, label, (json, text, ignored) -> json.writeString(text));
      case ADDRESS ->
          ofText(name, label, (json, path, more) -> json.writeString(more.root() + path));
      case PRECISE_TIME ->
          ofText(name, label, (json, time, ignored) -> json.writeString(PreciseTime.printed(time)));
      case ENUM ->
          ofText(
              name,
              label,
              (json, member, ignored) ->
                  json.writeString(EvolvableEnums.shown(enumeration(type), member, lateMembers)));
      case FLAG -> {
        Form<Boolean> form = (json, flag, ignored) -> json.writeBoolean(flag);
        yield new Value<>(name, label, Row::flagOrNull, form, "null");
      }
      case INTEGER, BIGINT -> {
        Form<Long> form = (json, number, ignored) -> json.writeNumber(number.longValue());
        yield new Value<>(name, label, Row::bigintOrNull, form, "null");
      }
      case TIME -> {
        Form<Instant> form = (json, time, ignored) -> json.writeString(PreciseTime.printed(time));
        yield new Value<>(name, label, Row::timeOrNull, form, "null");
      }
      case FLAGS -> {
        // In the order of their numbers.
        Form<List<String>> form =
            (json, flags, ignored) ->
                json.writeString(
                    enumeration(type).members().stream()
                        .map(EnumType.Member::name)
                        .filter(flags::contains)
                        .collect(Collectors.joining(",")));
        yield new Value<>(name, label, Row::textsOrNull, form, "null");
      }
      case ENUMS -> {
        Form<List<String>> form =
            (json, members, ignored) -> {
              json.writeStartArray();
              members.forEach(
                  member ->
                      json.writeString(
                          EvolvableEnums.shown(enumeration(type), member, lateMembers)));
              json.writeEndArray();
            };
        yield new Value<>(name, label, Row::textsOrNull, form, "[]");
      }
      // Texts come as JSON right from the database.
      case TEXTS, DOCUMENT ->
          new Value<>(
              name,
              label,
              Row::textOrNull,
              (json, array, ignored) -> json.writeRawValue(array),
              "[]");
    };
  }

  private static MemberPrinter ofText(SerializableString name, String label, Form<String> form) {
    return new Value<>(name, label, Row::textOrNull, form, "null");
  }

  private static EnumType enumeration(Type type) {
    if (type instanceof EnumType enumeration) {
      return enumeration;
    }
    throw new IllegalStateException(type + " is no enumeration");
  }

  /**
   * A jsonb document, passed through or with the changes that the caller or the schema asks for.
   */
  static MemberPrinter document(
      SerializableString name, String label, boolean collection, DocumentView view) {
    return new Value<>(
        name,
        label,
        Row::textOrNull,
        (json, document, collections) -> json.writeRawValue(view.of(document)),
        collection ? "[]" : "null");
  }

  /** A property without a column. */
  static MemberPrinter nothing(SerializableString name, boolean collection) {
    return new Value<String>(
        name,
        "",
        (row, label) -> null,
        (json, value, collections) -> {},
        collection ? "[]" : "null");
  }

  /** A complex value made of columns. */
  record Complex(SerializableString name, boolean nullable, List<MemberPrinter> parts)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return parts.stream().allMatch(part -> part.absent(row));
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      if (nullable && absent(row)) {
        json.writeNull();
        return;
      }
      json.writeStartObject();
      parts.forEach(part -> part.print(json, row, collections));
      json.writeEndObject();
    }
  }

  /** An expanded entity of the same statement. */
  record One(SerializableString name, String presence, EntityPrinter printer)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return !row.flag(presence);
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      if (absent(row)) {
        json.writeNull();
      } else {
        printer.print(json, row, collections);
      }
    }
  }

  /** An expanded collection, to be filled in from a statement of its own. */
  record Many(SerializableString name, String key, PlannedStatement statement)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return false;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      String value = row.textOrNull(key);
      json.writeRawValue("[]");
      if (value != null) {
        json.flush();
        collections.add(statement, value);
      }
    }
  }
}
