package dev.fettle.graph.schema;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An action or a function.
 *
 * @param qualifiedName with its namespace
 * @param function whether it is a function, without effects and called with GET
 * @param binding what it is called on; null if it is not bound
 * @param parameters without the binding parameter
 * @param returns what it answers; null for nothing
 */
public record Operation(
    String qualifiedName,
    boolean function,
    @Nullable Binding binding,
    List<Property> parameters,
    @Nullable Returned returns) {

  /** The type that an operation is bound to: one entity of it, or the whole collection. */
  public record Binding(Type type, boolean collection) {}

  /** The type of an answer. */
  public record Returned(Type type, boolean collection) {}

  public Operation {
    parameters = List.copyOf(parameters);
  }

  /** The name without its namespace. */
  public String name() {
    return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
  }

  /** The parameter of that name in any letter case. */
  public Optional<Property> parameter(String parameterName) {
    String wanted = parameterName.toLowerCase(Locale.ROOT);
    return parameters.stream()
        .filter(parameter -> parameter.name().toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst();
  }
}
