package dev.fettle.graph.query;

import dev.fettle.db.Row;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PreciseTime;
import java.util.List;
import java.util.function.BiFunction;
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

  private static MemberPrinter ofText(SerializableString name, String label, Form<String> form) {
    return new Value<>(name, label, Row::textOrNull, form, "null");
  }

  /** A text that is printed as it is stored. */
  static MemberPrinter text(SerializableString name, String label) {
    return ofText(name, label, (json, text, collections) -> json.writeString(text));
  }

  /** A path below the version root, printed as the absolute address that the caller can use. */
  static MemberPrinter address(SerializableString name, String label) {
    return ofText(
        name, label, (json, path, collections) -> json.writeString(collections.root() + path));
  }

  /** A boolean. */
  static MemberPrinter flag(SerializableString name, String label) {
    Form<Boolean> form = (json, flag, collections) -> json.writeBoolean(flag);
    return new Value<>(name, label, Row::flagOrNull, form, "null");
  }

  /** A whole number. */
  static MemberPrinter whole(SerializableString name, String label) {
    Form<Long> form = (json, number, collections) -> json.writeNumber(number.longValue());
    return new Value<>(name, label, Row::bigintOrNull, form, "null");
  }

  /** A point in time of timestamptz. */
  static MemberPrinter time(SerializableString name, String label) {
    return new Value<>(
        name,
        label,
        Row::timeOrNull,
        (json, time, collections) -> json.writeString(PreciseTime.printed(time)),
        "null");
  }

  /** A point in time in its stored text. */
  static MemberPrinter storedTime(SerializableString name, String label) {
    return ofText(
        name, label, (json, time, collections) -> json.writeString(PreciseTime.printed(time)));
  }

  /** A member of an enumeration. */
  static MemberPrinter member(
      SerializableString name, String label, EnumType type, boolean lateMembers) {
    return ofText(
        name,
        label,
        (json, member, collections) ->
            json.writeString(EvolvableEnums.shown(type, member, lateMembers)));
  }

  /** Several members of a flags enumeration, in the order of their numbers. */
  static MemberPrinter flags(SerializableString name, String label, EnumType type) {
    Form<List<String>> form =
        (json, flags, collections) ->
            json.writeString(
                String.join(
                    ",",
                    type.members().stream()
                        .map(EnumType.Member::name)
                        .filter(flags::contains)
                        .toList()));
    return new Value<>(name, label, Row::textsOrNull, form, "null");
  }

  /** An array of members of an enumeration. */
  static MemberPrinter members(
      SerializableString name, String label, EnumType type, boolean lateMembers) {
    Form<List<String>> form =
        (json, members, collections) -> {
          json.writeStartArray();
          members.forEach(
              member -> json.writeString(EvolvableEnums.shown(type, member, lateMembers)));
          json.writeEndArray();
        };
    return new Value<>(name, label, Row::textsOrNull, form, "[]");
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
  record One(SerializableString name, String presence, EntityPrinter shape)
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
        shape.print(json, row, collections);
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
