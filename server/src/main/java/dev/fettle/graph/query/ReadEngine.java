package dev.fettle.graph.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fettle.db.Db;
import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Answers reads: parses the query options against the schema, makes one statement of them and
 * prints its rows as JSON.
 *
 * <p>A scope narrows the rows of every read to those that the request is about, such as {@code
 * Sql.of("t.device_id = ?", id)}; the tenant is added by the engine. Plans are kept for the
 * combinations of resource and options seen last. Safe for concurrent use.
 */
public final class ReadEngine {

  /** The header that says which preferences were followed. */
  public static final String PREFERENCE_APPLIED = "Preference-Applied";

  private static final int CACHED_PLANS = 2_000;
  private static final int CACHED_QUERY_LENGTH = 1_024;

  /** The options of a request: those that the plan depends on, and the place to go on from. */
  private record RequestOptions(
      List<QueryString.Parameter> parameters, @Nullable String skipToken) {}

  private final Db db;
  private final byte[] secret;
  private final Cache<Plan.Key, Plan> plans =
      Caffeine.newBuilder().maximumSize(CACHED_PLANS).executor(Runnable::run).build();

  /**
   * An engine on the database.
   *
   * @param secret signs the cursors; the same on every server of an installation
   */
  public ReadEngine(Db db, byte[] secret) {
    if (secret.length < 16) {
      throw new IllegalArgumentException("The secret that signs cursors is too short.");
    }
    this.db = db;
    this.secret = secret.clone();
  }

  /** A page of a collection. */
  public ReadResult collection(ReadRequest request, Resource resource, Sql scope) {
    RequestOptions options = options(request);
    Plan plan = plan(request, resource, Plan.Use.COLLECTION, options.parameters());
    // A token is judged before a connection is asked for.
    SkipToken token = token(request, plan, options);
    return db.statement(tx -> collection(tx, request, resource, scope, plan, token));
  }

  /** The one entity within the scope, or nothing. */
  public Optional<ReadResult> entity(ReadRequest request, Resource resource, Sql scope) {
    Plan plan = entityPlan(request, resource);
    return db.statement(tx -> entity(tx, request, plan, null, scope));
  }

  /** The one entity within the scope, read within a transaction. */
  public Optional<ReadResult> entity(Tx tx, ReadRequest request, Resource resource, Sql scope) {
    return entity(tx, request, entityPlan(request, resource), null, scope);
  }

  /**
   * The one entity that a change leaves behind, read by the statement that makes the change.
   *
   * @param resource reads from what the change returns
   * @param change the common table expressions that make the change, as they stand after {@code
   *     with}
   */
  public Optional<ReadResult> changed(
      Tx tx, ReadRequest request, Resource resource, Sql change, Sql scope) {
    return entity(tx, request, entityPlan(request, resource), change, scope);
  }

  /** The number of entities that are within the scope and fulfil {@code $filter}. */
  public long count(ReadRequest request, Resource resource, Sql scope) {
    Plan plan = plan(request, resource, Plan.Use.COUNT, options(request).parameters());
    return db.statement(tx -> count(tx, request, plan.statement(), scope));
  }

  private Plan entityPlan(ReadRequest request, Resource resource) {
    RequestOptions options = options(request);
    if (options.skipToken() != null) {
      throw QueryRefusals.notAllowed(Option.SKIPTOKEN);
    }
    return plan(request, resource, Plan.Use.ENTITY, options.parameters());
  }

  private static RequestOptions options(ReadRequest request) {
    List<QueryString.Parameter> all = QueryString.parse(request.query());
    for (QueryString.Parameter parameter : all) {
      if (QueryOptions.option(parameter.name()) == Option.SKIPTOKEN) {
        List<QueryString.Parameter> others = new ArrayList<>(all);
        others.remove(parameter);
        return new RequestOptions(List.copyOf(others), parameter.value());
      }
    }
    return new RequestOptions(all, null);
  }

  private Plan plan(
      ReadRequest request,
      Resource resource,
      Plan.Use use,
      List<QueryString.Parameter> parameters) {
    Plan.Key key =
        new Plan.Key(
            resource,
            request.schema(),
            use,
            request.preferences().includeUnknownEnumMembers(),
            parameters);
    Plan known = plans.getIfPresent(key);
    if (known != null) {
      return known;
    }
    Plan made = Plan.of(key);
    String query = request.query();
    if (query == null || query.length() <= CACHED_QUERY_LENGTH) {
      plans.put(key, made);
    }
    return made;
  }

  private @Nullable SkipToken token(ReadRequest request, Plan plan, RequestOptions options) {
    String text = options.skipToken();
    return text == null
        ? null
        : SkipToken.read(text, secret, bound(request, plan), plan.statement().order().size());
  }

  private ReadResult collection(
      Tx tx,
      ReadRequest request,
      Resource resource,
      Sql scope,
      Plan plan,
      @Nullable SkipToken token) {
    PlannedStatement statement = plan.statement();
    Map<String, String> applied = applied(request);
    int preferred = preferred(request, resource, plan, token, applied);
    int size =
        plan.top() != null ? plan.top() : preferred > 0 ? preferred : resource.paging().usual();

    SqlBuilder query = new SqlBuilder().add("select ");
    if (plan.count()) {
      // Worked query once by the database, so that a page with its count is one statement.
      query.add("(select count(*)");
      statement.rows(query, request.tenantId(), scope);
      query.add(") total_count, ");
    }
    query.add(statement.columns());
    statement.rows(query, request.tenantId(), scope);
    if (token != null) {
      Cursor.after(query, statement.order(), token.values());
    }
    query.add(statement.orderBy()).add(" limit ?", size + 1);
    boolean skipping = token == null && plan.skip() > 0;
    if (skipping) {
      query.add(" offset ?", plan.skip());
    }

    ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
    ExpandedCollections collections = new ExpandedCollections(request.root(), out);
    Page page = new Page(statement, size, plan.count());
    try (JsonGenerator json = Json.generator(out)) {
      json.writeStartArray();
      if (size > 0) {
        tx.each(
            query.sql(),
            row -> {
              if (page.takes(row)) {
                statement.printer().print(json, row, collections);
              }
            });
      }
      json.writeEndArray();
    }
    Printed all = new Printed("", out.toByteArray(), collections.places());
    byte[] rows = statement.expands() ? fill(tx, request, List.of(all)).getFirst() : all.bytes();

    Long total = null;
    if (plan.count()) {
      boolean none = token == null && !skipping && size > 0 && page.total < 0;
      total = none ? 0 : page.total < 0 ? count(tx, request, statement, scope) : page.total;
    }
    String next =
        page.more
            ? request.root()
                + QueryString.encodePath(request.path())
                + "?"
                + plan.repeated()
                + "$skiptoken="
                + new SkipToken(page.last, plan.top() == null ? preferred : 0)
                    .write(secret, bound(request, plan))
            : null;
    return new ReadResult(envelope(request, plan, total, next, rows), page.taken, applied);
  }

  private static List<String> bound(ReadRequest request, Plan plan) {
    String root = request.root();
    int authority = root.indexOf("//");
    int path = root.indexOf('/', authority < 0 ? 0 : authority + 2);
    List<String> bound = new ArrayList<>();
    bound.add(request.tenantId());
    bound.add(path < 0 ? "" : root.substring(path));
    bound.add(
        request.path().endsWith("/")
            ? request.path().substring(0, request.path().length() - 1)
            : request.path());
    bound.add(request.preferences().includeUnknownEnumMembers() ? "all" : "known");
    bound.addAll(plan.bound());
    return bound;
  }

  private static Map<String, String> applied(ReadRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (request.preferences().includeUnknownEnumMembers()) {
      headers.put(PREFERENCE_APPLIED, "include-unknown-enum-members");
    }
    return headers;
  }

  /** The preferred page size, or 0; {@code $top} goes before it. */
  private static int preferred(
      ReadRequest request,
      Resource resource,
      Plan plan,
      @Nullable SkipToken token,
      Map<String, String> applied) {
    if (plan.top() != null) {
      return 0;
    }
    OptionalInt asked = request.preferences().maxPageSize();
    if (asked.isEmpty()) {
      return token == null ? 0 : Math.min(token.pageSize(), resource.paging().maximum());
    }
    int size = Math.min(asked.getAsInt(), resource.paging().maximum());
    applied.merge(
        PREFERENCE_APPLIED, "odata.maxpagesize=" + size, (before, more) -> before + ", " + more);
    return size;
  }

  /** Counts the rows of a page, and remembers where it ends. */
  private static final class Page {
    private final PlannedStatement statement;
    private final int size;
    private int taken;
    private final boolean counted;
    private boolean more;
    private long total = -1;
    private List<@Nullable String> last = List.of();

    Page(PlannedStatement statement, int size, boolean counted) {
      this.statement = statement;
      this.size = size;
      this.counted = counted;
    }

    boolean takes(Row row) {
      if (counted && total < 0) {
        total = row.bigint("total_count");
      }
      if (taken == size) {
        more = true;
        return false;
      }
      taken++;
      if (taken == size) {
        last = Cursor.at(statement.order(), row);
      }
      return true;
    }
  }

  private static byte[] envelope(
      ReadRequest request, Plan plan, @Nullable Long total, @Nullable String next, byte[] rows) {
    byte[] head =
        Json.generate(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("@odata.context", context(request, plan, false));
              if (total != null) {
                json.writeNumberProperty("@odata.count", total);
              }
              if (next != null) {
                json.writeStringProperty("@odata.nextLink", next);
              }
              json.writeName("value");
              json.writeNumber(0);
              json.writeEndObject();
            });
    // The rows take the place of the 0.
    byte[] body = new byte[head.length - 1 + rows.length];
    System.arraycopy(head, 0, body, 0, head.length - 2);
    System.arraycopy(rows, 0, body, head.length - 2, rows.length);
    body[body.length - 1] = '}';
    return body;
  }

  private static String context(ReadRequest request, Plan plan, boolean entity) {
    return request.root()
        + "/$metadata#"
        + ContextPath.fragment(request.schema(), request.path(), entity, plan.contextItems());
  }

  private Optional<ReadResult> entity(
      Tx tx, ReadRequest request, Plan plan, @Nullable Sql change, Sql scope) {
    PlannedStatement statement = plan.statement();
    Sql read = plan.entity(request.tenantId(), scope);
    Sql query = change == null ? read : Sql.of("with ").append(change).append(" ").append(read);
    String context = context(request, plan, true);
    return tx.one(query, row -> print(request, statement, row, context))
        .map(
            printed -> {
              List<byte[]> filled =
                  statement.expands()
                      ? fill(tx, request, List.of(printed))
                      : List.of(printed.bytes());
              return new ReadResult(filled.getFirst(), 1, applied(request));
            });
  }

  private static long count(Tx tx, ReadRequest request, PlannedStatement statement, Sql scope) {
    SqlBuilder out = new SqlBuilder().add("select count(*) as n");
    statement.rows(out, request.tenantId(), scope);
    return tx.one(out.sql(), row -> row.bigint("n")).orElse(0L);
  }

  /** A printed entity with its places for expanded collections. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Printed(String key, byte[] bytes, List<ExpandedCollections.Place> places) {}

  private static Printed print(
      ReadRequest request, PlannedStatement statement, Row row, @Nullable String context) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
    ExpandedCollections collections = new ExpandedCollections(request.root(), out);
    try (JsonGenerator json = Json.generator(out)) {
      json.writeStartObject();
      if (context != null) {
        json.writeStringProperty("@odata.context", context);
      }
      statement.printer().members(json, row, collections);
      json.writeEndObject();
    }
    String key = statement.keyLabel().isEmpty() ? "" : row.text(statement.keyLabel());
    return new Printed(key, out.toByteArray(), collections.places());
  }

  /** Reads each expanded collection once for all entities, and puts the rows in their places. */
  private static List<byte[]> fill(Tx tx, ReadRequest request, List<Printed> entities) {
    IdentityHashMap<PlannedStatement, Set<String>> keys = new IdentityHashMap<>();
    for (Printed entity : entities) {
      for (ExpandedCollections.Place place : entity.places()) {
        keys.computeIfAbsent(place.statement(), statement -> new LinkedHashSet<>())
            .add(place.key());
      }
    }
    IdentityHashMap<PlannedStatement, Map<String, List<byte[]>>> read = new IdentityHashMap<>();
    keys.forEach(
        (statement, wanted) -> read.put(statement, children(tx, request, statement, wanted)));
    List<byte[]> filled = new ArrayList<>(entities.size());
    for (Printed entity : entities) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(entity.bytes().length + 512);
      int from = 0;
      for (ExpandedCollections.Place place : entity.places()) {
        out.write(entity.bytes(), from, place.end() - 2 - from);
        join(
            out,
            read.getOrDefault(place.statement(), Map.of()).getOrDefault(place.key(), List.of()));
        from = place.end();
      }
      out.write(entity.bytes(), from, entity.bytes().length - from);
      filled.add(out.toByteArray());
    }
    return filled;
  }

  private static Map<String, List<byte[]>> children(
      Tx tx, ReadRequest request, PlannedStatement statement, Set<String> keys) {
    SqlBuilder out = new SqlBuilder();
    Sql scope = Sql.of(statement.key() + " = any(:keys)").with("keys", List.copyOf(keys));
    if (statement.top() == null) {
      out.add("select ").add(statement.columns());
      statement.rows(out, request.tenantId(), scope);
      out.add(statement.orderBy());
    } else {
      out.add("select * from (select ").add(statement.columns());
      out.add(", row_number() over (partition by ").add(statement.key()).add(statement.orderBy());
      out.add(") place");
      statement.rows(out, request.tenantId(), scope);
      out.add(") ranked where place <= ?", statement.top()).add(" order by place");
    }
    List<Printed> rows = tx.list(out.sql(), row -> print(request, statement, row, null));
    List<byte[]> filled = fill(tx, request, rows);
    Map<String, List<byte[]>> byKey = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      byKey.computeIfAbsent(rows.get(i).key(), key -> new ArrayList<>()).add(filled.get(i));
    }
    return byKey;
  }

  private static void join(ByteArrayOutputStream out, List<byte[]> entities) {
    out.write('[');
    for (int i = 0; i < entities.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(entities.get(i));
    }
    out.write(']');
  }
}
