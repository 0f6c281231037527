package dev.fettle.graph;

import org.jspecify.annotations.Nullable;

/** Kinds of body that an operation takes. */
sealed interface Payload {
  /** Nothing; an empty object is tolerated. */
  record Nothing() implements Payload {}

  /** An entity or complex type of the schema, by its qualified name. */
  record Entity(String type) implements Payload {}

  /** The parameters of an action of the schema; without a binding type its only overload. */
  record Parameters(String action, @Nullable String bindingType) implements Payload {}

  /** Bytes, which the handler reads by itself. */
  record Raw() implements Payload {}
}
