package dev.fettle.graph.query;

/** A way in which a filter may use a property. */
public enum Operator {
  EQ("Equal", "="),
  NE("NotEqual", "is distinct from"),
  GT("GreaterThan", ">"),
  GE("GreaterThanOrEqual", ">="),
  LT("LessThan", "<"),
  LE("LessThanOrEqual", "<="),
  IN("In", ""),
  HAS("Has", ""),
  STARTSWITH("startswith", ""),
  ENDSWITH("endswith", ""),
  CONTAINS("contains", ""),
  ANY("any", "");

  private final String label;
  private final String sql;

  Operator(String label, String sql) {
    this.label = label;
    this.sql = sql;
  }

  /** The name as refusals spell it. */
  String label() {
    return label;
  }

  /** The comparison in SQL; nothing for what is no comparison of two values. */
  String sql() {
    return sql;
  }

  boolean isEquality() {
    return this == EQ || this == NE;
  }

  /** The operator that holds when this one does not. */
  public Operator opposite() {
    return switch (this) {
      case EQ -> NE;
      case NE -> EQ;
      case GT -> LE;
      case GE -> LT;
      case LT -> GE;
      case LE -> GT;
      case IN, HAS, STARTSWITH, ENDSWITH, CONTAINS, ANY ->
          throw new IllegalStateException("no opposite of " + this);
    };
  }

  /** The operator for the same comparison with its sides exchanged. */
  Operator mirrored() {
    return switch (this) {
      case GT -> LT;
      case GE -> LE;
      case LT -> GT;
      case LE -> GE;
      case EQ, NE, IN, HAS, STARTSWITH, ENDSWITH, CONTAINS, ANY -> this;
    };
  }
}
