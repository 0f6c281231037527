package dev.fettle.graph.query;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.Type;
import java.util.List;

/**
 * The refusals of query options, in the words that clients of Graph know; those of {@code $filter}
 * are {@link FilterRefusals}.
 */
public final class Refusals {

  private Refusals() {}

  /** The refusal of an option that the resource does not take. */
  public static Refusal notAllowed(Option option) {
    return new Refusal(
        Reason.invalid(
            "$" + option.parameter(),
            FilterRefusals.NOT_VALID
                + "Query option '"
                + option.label()
                + "' is not allowed. To allow it, set the 'AllowedQueryOptions' property on"
                + " EnableQueryAttribute or QueryValidationSettings."));
  }

  /** The refusal of a {@code $top} above the largest page. */
  public static Refusal aboveMaximum(int maximum, String given) {
    return new Refusal(
        Reason.invalid(
            "$top",
            FilterRefusals.NOT_VALID
                + "The limit of '"
                + maximum
                + "' for Top query has been exceeded. The value from the incoming request is '"
                + given
                + "'."));
  }

  static Refusal notANumber(Option option, String given) {
    String name = "$" + option.parameter();
    return new Refusal(
        Reason.invalid(
            name,
            "Invalid value '"
                + given
                + "' for "
                + name
                + " query option found. The "
                + name
                + " query option requires a non-negative integer value."));
  }

  static Refusal selectAndExpand(Option option, String message) {
    return new Refusal(
        Reason.invalid(
            "$" + option.parameter(), "Parsing OData Select and Expand failed: " + message));
  }

  static Refusal unknownSelected(Option option, String name, Type type) {
    return selectAndExpand(
        option,
        "Could not find a property named '" + name + "' on type '" + type.qualifiedName() + "'.");
  }

  /** The refusal of a navigation property that cannot be expanded. */
  public static Refusal notExpandable(String name) {
    return new Refusal(
        new Reason.Invalid(
            "ExpandNotSupported",
            "Expand is not allowed for property '" + name + "' according to the entity schema.",
            "$expand",
            List.of()));
  }

  static Refusal orderBy(String message) {
    return new Refusal(Reason.invalid("$orderby", "Invalid orderby clause: " + message));
  }

  /** The refusal of a path that cannot be sorted by. */
  public static Refusal notSortable(String path) {
    return new Refusal(
        Reason.invalid(
            "$orderby",
            FilterRefusals.NOT_VALID
                + "The property '"
                + path
                + "' cannot be used in the $orderby query option."));
  }

  static Refusal badSkipToken() {
    return new Refusal(
        Reason.invalid(
            "$skiptoken",
            "The $skiptoken is not one that this server gave out for this request. Begin again"
                + " without it."));
  }
}
