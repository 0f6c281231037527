package dev.fettle.graph.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.graph.query.Things.Thing;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The read engine against an evaluator in plain Java: random filters, orders, selections and page
 * sizes over random rows must agree. The seed is part of the test's name; a failure prints the
 * query.
 */
@WithPostgres
class NaiveEvaluatorTest {

  private static final int QUERIES = 50;
  private static final int ROWS = 60;

  private final Db db;
  private final ReadEngine engine;

  NaiveEvaluatorTest(Db db) {
    this.db = db;
    this.engine = new ReadEngine(db, "a secret of some length".getBytes(StandardCharsets.UTF_8));
    Things.createTables(db);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void random_queries_agree_with_the_naive_evaluator(long seed) {
    Random random = new Random(seed);
    String tenant = "random-" + seed;
    List<Thing> things = Things.random(random, ROWS, "t" + seed + "-");
    Things.insert(db, tenant, things);
    for (int i = 0; i < QUERIES; i++) {
      Condition condition = Condition.random(random, 3);
      Condition.Order order = Condition.Order.random(random);
      int top = 2 + random.nextInt(30);
      String query =
          "$filter="
              + QueryString.encode(condition.text())
              + "&$orderby="
              + order.text()
              + "&$count=true&$select=id,name,number,colour&$top="
              + top;
      List<Thing> expected =
          things.stream().filter(condition.holds()).sorted(order.comparator()).toList();

      List<JsonNode> rows = new ArrayList<>();
      int pages = 0;
      String next = query;
      while (next != null) {
        JsonNode page = page(tenant, next);
        pages++;
        assertThat(pages).as(query).isLessThanOrEqualTo(ROWS);
        assertThat(page.get("value").size()).as(query).isLessThanOrEqualTo(top);
        assertThat(page.get("@odata.count").intValue()).as(query).isEqualTo(expected.size());
        page.get("value").forEach(rows::add);
        JsonNode link = page.get("@odata.nextLink");
        next =
            link == null ? null : link.stringValue().substring(link.stringValue().indexOf('?') + 1);
      }

      assertThat(rows)
          .as(query)
          .extracting(row -> row.get("id").stringValue())
          .isEqualTo(expected.stream().map(Thing::id).toList());
      assertThat(pages).as(query).isEqualTo(Math.max(1, (expected.size() + top - 1) / top));
      for (int j = 0; j < rows.size(); j++) {
        same(rows.get(j), expected.get(j), query);
      }
    }
  }

  private static void same(JsonNode row, Thing thing, String query) {
    assertThat(row.size()).as(query).isEqualTo(thing.size() == null ? 4 : 5);
    assertThat(row.get("name").stringValue()).as(query).isEqualTo(thing.name());
    assertThat(row.get("number").isNull()).as(query).isEqualTo(thing.number() == null);
    assertThat(row.get("colour").isNull() ? "null" : row.get("colour").stringValue())
        .as(query)
        .isEqualTo(Condition.shown(thing.colour()));
  }

  private JsonNode page(String tenant, @Nullable String query) {
    ReadRequest request =
        new ReadRequest(
            Things.SCHEMA, tenant, "https://host/beta", "/things", query, Preferences.NONE);
    return Json.read(engine.collection(request, Things.THING, Sql.of("")).body());
  }
}
