package dev.fettle.graph.query;

/** A way in which a filter may use a property. */
public enum Operator {
  EQ("Equal"),
  NE("NotEqual"),
  GT("GreaterThan"),
  GE("GreaterThanOrEqual"),
  LT("LessThan"),
  LE("LessThanOrEqual"),
  IN("In"),
  HAS("Has"),
  STARTSWITH("startswith"),
  ENDSWITH("endswith"),
  CONTAINS("contains"),
  ANY("any");

  private final String label;

  Operator(String label) {
    this.label = label;
  }

  /** The name as refusals spell it. */
  String label() {
    return label;
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
