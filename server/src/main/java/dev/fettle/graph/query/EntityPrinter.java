package dev.fettle.graph.query;

import dev.fettle.db.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The members of an entity, printed from a row.
 *
 * @param declaredType what readers expect, with a leading {@code #}
 * @param typed whether the type is printed although it is the expected one
 * @param typeLabel the column with the row's own type, if rows may differ
 * @param derived for each derived type in lower case what it is called and what it adds
 */
record EntityPrinter(
    String declaredType,
    boolean typed,
    @Nullable String typeLabel,
    @Nullable String etagLabel,
    List<MemberPrinter> parts,
    Map<String, Derived> derived,
    List<MemberPrinter> expanded) {

  /** A derived type. */
  record Derived(String type, List<MemberPrinter> parts) {}

  void print(JsonGenerator json, Row row, ExpandedCollections collections) {
    json.writeStartObject();
    members(json, row, collections);
    json.writeEndObject();
  }

  /** Prints the members into an object that is open already. */
  void members(JsonGenerator json, Row row, ExpandedCollections collections) {
    String own = typeLabel == null ? null : row.textOrNull(typeLabel);
    Derived more = own == null ? null : derived.get(own.toLowerCase(Locale.ROOT));
    if (more != null) {
      json.writeStringProperty("@odata.type", more.type());
    } else if (typed) {
      json.writeStringProperty("@odata.type", declaredType);
    }
    if (etagLabel != null) {
      String etag = row.textOrNull(etagLabel);
      if (etag != null) {
        json.writeStringProperty("@odata.etag", etag);
      }
    }
    for (MemberPrinter part : parts) {
      part.print(json, row, collections);
    }
    if (more != null) {
      for (MemberPrinter part : more.parts()) {
        part.print(json, row, collections);
      }
    }
    for (MemberPrinter part : expanded) {
      part.print(json, row, collections);
    }
  }
}
