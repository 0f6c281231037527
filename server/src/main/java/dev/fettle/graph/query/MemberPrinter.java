package dev.fettle.graph.query;

import dev.fettle.db.Row;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PreciseTime;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;

/** One member of a printed object, and the column that it is read from. */
sealed interface MemberPrinter {

  /** Whether the row has no value for it. */
  boolean absent(Row row);

  /** Prints name and value. */
  void print(JsonGenerator json, Row row, ExpandedCollections collections);

  /** A text that is printed as it is stored. */
  record Text(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      json.writeString(row.textOrNull(label));
    }
  }

  /** A path below the version root, printed as the absolute address that the caller can use. */
  record Address(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      String path = row.textOrNull(label);
      json.writeString(path == null ? null : collections.root() + path);
    }
  }

  /** A boolean. */
  record Flag(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.flagOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      Boolean value = row.flagOrNull(label);
      if (value == null) {
        json.writeNull();
      } else {
        json.writeBoolean(value);
      }
    }
  }

  /** A whole number. */
  record Whole(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.bigintOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      Long value = row.bigintOrNull(label);
      if (value == null) {
        json.writeNull();
      } else {
        json.writeNumber(value.longValue());
      }
    }
  }

  /** A point in time of timestamptz. */
  record Time(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.timeOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      java.time.Instant value = row.timeOrNull(label);
      json.writeString(value == null ? null : PreciseTime.printed(value));
    }
  }

  /** A point in time in its stored text. */
  record StoredTime(SerializableString name, String label) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      String value = row.textOrNull(label);
      json.writeString(value == null ? null : PreciseTime.printed(value));
    }
  }

  /** A member of an enumeration. */
  record Member(SerializableString name, String label, EnumType type, boolean lateMembers)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      String value = row.textOrNull(label);
      json.writeString(value == null ? null : EvolvableEnums.shown(type, value, lateMembers));
    }
  }

  /** Several members of a flags enumeration, in the order of their numbers. */
  record Flags(SerializableString name, String label, EnumType type) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textsOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      List<String> values = row.textsOrNull(label);
      if (values == null) {
        json.writeNull();
        return;
      }
      StringBuilder out = new StringBuilder();
      for (EnumType.Member member : type.members()) {
        if (values.contains(member.name())) {
          out.append(out.isEmpty() ? "" : ",").append(member.name());
        }
      }
      json.writeString(out.toString());
    }
  }

  /** An array of members of an enumeration. */
  record Members(SerializableString name, String label, EnumType type, boolean lateMembers)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textsOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      json.writeStartArray();
      List<String> values = row.textsOrNull(label);
      for (String value : values == null ? List.<String>of() : values) {
        json.writeString(EvolvableEnums.shown(type, value, lateMembers));
      }
      json.writeEndArray();
    }
  }

  /**
   * A jsonb document, passed through or with the changes that the caller or the schema asks for.
   */
  record Document(SerializableString name, String label, boolean collection, DocumentView view)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return row.textOrNull(label) == null;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      String text = row.textOrNull(label);
      json.writeRawValue(text == null ? collection ? "[]" : "null" : view.of(text));
    }
  }

  /** A complex value made of columns. */
  record Complex(SerializableString name, boolean nullable, List<MemberPrinter> parts)
      implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      for (MemberPrinter part : parts) {
        if (!part.absent(row)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      if (nullable && absent(row)) {
        json.writeNull();
        return;
      }
      json.writeStartObject();
      for (MemberPrinter part : parts) {
        part.print(json, row, collections);
      }
      json.writeEndObject();
    }
  }

  /** A property without a column. */
  record Nothing(SerializableString name, boolean collection) implements MemberPrinter {
    @Override
    public boolean absent(Row row) {
      return true;
    }

    @Override
    public void print(JsonGenerator json, Row row, ExpandedCollections collections) {
      json.writeName(name);
      json.writeRawValue(collection ? "[]" : "null");
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
  record Many(SerializableString name, String key, PlannedStatement level)
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
        collections.add(level, value);
      }
    }
  }
}
