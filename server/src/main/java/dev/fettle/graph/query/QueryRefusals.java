package dev.fettle.graph.query;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.Type;
import java.util.List;

/** Refusals of query options, in the words that clients of Graph know. */
final class QueryRefusals {

  private static final String NOT_VALID = "The query specified in the URI is not valid. ";

  private QueryRefusals() {}

  /** The refusal of an option that the resource does not take. */
  static Refusal notAllowed(Option option) {
    return notAllowed("$" + option.parameter(), option.label());
  }

  /** The refusal of an option that is known by its name alone. */
  static Refusal notAllowed(String parameter, String label) {
    return Refusal.invalid(
        parameter,
        NOT_VALID
            + "Query option '%s' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."
                .formatted(label));
  }

  /** The refusal of a function that the grammar of OData has and that is not evaluated. */
  static Refusal functionNotAllowed(String name) {
    return Refusal.invalid(
        "$filter",
        NOT_VALID
            + "Function '%s' is not allowed. To allow it, set the 'AllowedFunctions' property on EnableQueryAttribute or QueryValidationSettings."
                .formatted(name));
  }

  /** The refusal of a path that cannot be filtered by. */
  static Refusal notFilterable(String path) {
    return notUsable(path, "$filter");
  }

  /** The refusal of an operator that the path is not filtered with. */
  static Refusal operatorNotAllowed(Operator operator, String path) {
    return Refusal.invalid(
        "$filter",
        NOT_VALID
            + "Logical operator '%s' is not allowed for the property '%s'."
                .formatted(operator.label(), path));
  }

  /** The refusal of a {@code $top} above the largest page. */
  static Refusal aboveMaximum(int maximum, String given) {
    return Refusal.invalid(
        "$top",
        NOT_VALID
            + "The limit of '%d' for Top query has been exceeded. The value from the incoming request is '%s'."
                .formatted(maximum, given));
  }

  static Refusal notANumber(Option option, String given) {
    String name = "$" + option.parameter();
    return Refusal.invalid(
        name,
        "Invalid value '%s' for %s query option found. The %s query option requires a non-negative integer value."
            .formatted(given, name, name));
  }

  static Refusal givenTwice(Option option) {
    String name = "$" + option.parameter();
    return Refusal.invalid(
        name,
        "Query option '%s' was specified more than once, but it must be specified at most once."
            .formatted(name));
  }

  static Refusal selectAndExpand(Option option, String message) {
    return Refusal.invalid(
        "$" + option.parameter(), "Parsing OData Select and Expand failed: " + message);
  }

  static Refusal unknownSelected(Option option, String name, Type type) {
    return selectAndExpand(option, unknownProperty(name, type));
  }

  /** The sentence about a name that a type does not have. */
  static String unknownProperty(String name, Type type) {
    return "Could not find a property named '%s' on type '%s'."
        .formatted(name, type.qualifiedName());
  }

  /** The refusal of a navigation property that cannot be expanded. */
  static Refusal notExpandable(String name) {
    return new Refusal(
        new Reason.Invalid(
            "ExpandNotSupported",
            "Expand is not allowed for property '%s' according to the entity schema."
                .formatted(name),
            "$expand",
            List.of()));
  }

  static Refusal orderBy(String message) {
    return Refusal.invalid("$orderby", "Invalid orderby clause: " + message);
  }

  /** The refusal of a path that cannot be sorted by. */
  static Refusal notSortable(String path) {
    return notUsable(path, "$orderby");
  }

  private static Refusal notUsable(String path, String option) {
    return Refusal.invalid(
        option,
        NOT_VALID
            + "The property '%s' cannot be used in the %s query option.".formatted(path, option));
  }

  static Refusal badSkipToken() {
    return Refusal.invalid(
        "$skiptoken",
        "The $skiptoken is not one that this server gave out for this request. Begin again without"
            + " it.");
  }
}
