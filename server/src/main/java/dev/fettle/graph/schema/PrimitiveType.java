package dev.fettle.graph.schema;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A primitive type of the entity data model. */
public enum PrimitiveType implements Type {
  BINARY("Edm.Binary"),
  BOOLEAN("Edm.Boolean"),
  BYTE("Edm.Byte"),
  DATE("Edm.Date"),
  DATE_TIME_OFFSET("Edm.DateTimeOffset"),
  DECIMAL("Edm.Decimal"),
  DOUBLE("Edm.Double"),
  DURATION("Edm.Duration"),
  GUID("Edm.Guid"),
  INT16("Edm.Int16"),
  INT32("Edm.Int32"),
  INT64("Edm.Int64"),
  SINGLE("Edm.Single"),
  STREAM("Edm.Stream"),
  STRING("Edm.String"),
  TIME_OF_DAY("Edm.TimeOfDay"),
  UNTYPED("Edm.Untyped");

  private static final Map<String, PrimitiveType> BY_NAME = new HashMap<>();

  static {
    for (PrimitiveType type : values()) {
      BY_NAME.put(type.edmName.toLowerCase(Locale.ROOT), type);
    }
  }

  private final String edmName;

  PrimitiveType(String edmName) {
    this.edmName = edmName;
  }

  /** The type of that qualified name in any letter case. */
  static Optional<PrimitiveType> named(String qualifiedName) {
    return Optional.ofNullable(BY_NAME.get(qualifiedName.toLowerCase(Locale.ROOT)));
  }

  @Override
  public String qualifiedName() {
    return edmName;
  }
}
