package dev.fettle.graph.query;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;

/** The refusals of a filter that can be read and not answered, in the words that clients know. */
final class FilterRefusals {

  /** How the refusal of any query option begins. */
  static final String NOT_VALID = "The query specified in the URI is not valid. ";

  private FilterRefusals() {}

  /** The refusal of a path that cannot be filtered by. */
  static Refusal notFilterable(String path) {
    return new Refusal(
        Reason.invalid(
            "$filter",
            NOT_VALID + "The property '" + path + "' cannot be used in the $filter query option."));
  }

  /** The refusal of an operator that the path is not filtered with. */
  static Refusal operatorNotAllowed(Operator operator, String path) {
    return new Refusal(
        Reason.invalid(
            "$filter",
            NOT_VALID
                + "Logical operator '"
                + operator.label()
                + "' is not allowed for the property '"
                + path
                + "'."));
  }
}
