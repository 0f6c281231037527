package dev.fettle.graph;

import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Door;
import dev.fettle.http.Response;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One operation: where it is, what opens it, what it takes, what it does. Dispatch, permission
 * checks, body validation, 405 and 501 answers and the coverage page all come from these rows.
 */
public final class Route {

  /** The work of an operation, once everything about the request has been checked. */
  @FunctionalInterface
  public interface Operation {
    /** Carries the call out and answers it. */
    Response answer(Call call);
  }

  /** Shapes of the refusals of an operation. */
  public enum ErrorShape {
    /** Graph's error resource. */
    GRAPH,
    /** Graph's error resource whose message is Intune's own error document. */
    INTUNE
  }

  private final Set<GraphVersion> versions;
  private final String method;
  private final Template template;
  private final Map<GraphVersion, Door.Row> rows = new EnumMap<>(GraphVersion.class);
  private final Map<GraphVersion, Permissions> permissions = new EnumMap<>(GraphVersion.class);
  private Payload payload = new Payload.Nothing();
  private ErrorShape errors = ErrorShape.GRAPH;
  private @Nullable Operation operation;
  private @Nullable String notes;

  private Route(Set<GraphVersion> versions, String method, String path) {
    this.versions = versions;
    this.method = method;
    this.template = Template.parse(path);
    for (GraphVersion version : versions) {
      rows.put(version, new Door.Row(method, version.root() + path));
      Permissions found = PermissionTable.find(version, method, path);
      if (found != null) {
        permissions.put(version, found);
      }
    }
  }

  /** Several versions at once, for the methods below. */
  public static Set<GraphVersion> in(GraphVersion first, GraphVersion... more) {
    return EnumSet.of(first, more);
  }

  /** Reads an entity or a collection. */
  public static Route get(Set<GraphVersion> versions, String path) {
    return new Route(versions, "GET", path);
  }

  /** Reads an entity or a collection. */
  public static Route get(GraphVersion version, String path) {
    return get(EnumSet.of(version), path);
  }

  /** Creates an entity in a collection. */
  public static Route post(Set<GraphVersion> versions, String path) {
    return new Route(versions, "POST", path);
  }

  /** Creates an entity in a collection. */
  public static Route post(GraphVersion version, String path) {
    return post(EnumSet.of(version), path);
  }

  /** Calls an action; its name may be qualified in the URL. */
  public static Route action(Set<GraphVersion> versions, String path) {
    return post(versions, path);
  }

  /** Calls an action; its name may be qualified in the URL. */
  public static Route action(GraphVersion version, String path) {
    return post(version, path);
  }

  /** Merges properties into an entity. */
  public static Route patch(Set<GraphVersion> versions, String path) {
    return new Route(versions, "PATCH", path);
  }

  /** Merges properties into an entity. */
  public static Route patch(GraphVersion version, String path) {
    return patch(EnumSet.of(version), path);
  }

  /** Replaces an entity or a stream. */
  public static Route put(GraphVersion version, String path) {
    return new Route(EnumSet.of(version), "PUT", path);
  }

  /** Removes an entity. */
  public static Route delete(Set<GraphVersion> versions, String path) {
    return new Route(versions, "DELETE", path);
  }

  /** Removes an entity. */
  public static Route delete(GraphVersion version, String path) {
    return delete(EnumSet.of(version), path);
  }

  /** Permissions of its own, for a row that the document of permissions does not have. */
  Route permissions(Permissions own) {
    versions.forEach(version -> permissions.put(version, own));
    return this;
  }

  /**
   * Takes a JSON object of this type of the schema: unknown members, wrong types and unknown enum
   * members are refused before the handler runs. On POST the body is required.
   *
   * @param type qualified name, such as {@code microsoft.graph.teamworkDevice}
   */
  public Route body(String type) {
    this.payload = new Payload.Entity(type);
    return this;
  }

  /** Takes the parameters of an action of the schema, checked as {@link #body} does. */
  public Route parameters(String actionName) {
    this.payload = new Payload.Parameters(actionName, null);
    return this;
  }

  /** Takes the parameters of the overload of an action that is bound to this type. */
  public Route parameters(String actionName, String bindingType) {
    this.payload = new Payload.Parameters(actionName, bindingType);
    return this;
  }

  /** Takes bytes of any media type, which the handler reads from {@link Call#request()}. */
  public Route rawBody() {
    this.payload = new Payload.Raw();
    return this;
  }

  /** The shape of refusals; Graph's if this is not called. */
  public Route errors(ErrorShape shape) {
    this.errors = shape;
    return this;
  }

  /** A remark for the coverage page: what differs, or which public page documents it. */
  public Route notes(String text) {
    this.notes = text;
    return this;
  }

  /** The work of the operation. */
  public Route handle(Operation handler) {
    this.operation = handler;
    return this;
  }

  /** Known to the protocol and not built: answers 501 in Graph's shape and is listed as such. */
  public Route notBuilt() {
    this.operation = null;
    return this;
  }

  /** The row in one version, as the router knows it. */
  Door.Row row(GraphVersion version) {
    return Objects.requireNonNull(rows.get(version));
  }

  Set<GraphVersion> versions() {
    return versions;
  }

  String method() {
    return method;
  }

  Template template() {
    return template;
  }

  /** The permissions that open the row in one version. */
  Permissions permissions(GraphVersion version) {
    Permissions found = permissions.get(version);
    if (found == null) {
      throw new IllegalStateException("csdl/permissions.txt has no permissions for " + this);
    }
    return found;
  }

  Payload payload() {
    return payload;
  }

  ErrorShape errors() {
    return errors;
  }

  @Nullable Operation operation() {
    return operation;
  }

  @Nullable String notes() {
    return notes;
  }

  /** The row as the coverage page prints it. */
  @Override
  public String toString() {
    return method + " " + template.text() + " " + List.copyOf(versions);
  }
}
