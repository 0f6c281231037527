package dev.fettle.graph.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.graph.query.Things.MemberPrinter;
import dev.fettle.graph.query.Things.Thing;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
class ReadEngineTest {

  private static final Sql ALL = Sql.of("");
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private final Db db;
  private final ReadEngine engine;
  private final String tenant = "tenant-" + TENANTS.incrementAndGet();

  ReadEngineTest(Db db) {
    this.db = db;
    this.engine = new ReadEngine(db, "a secret of some length".getBytes(StandardCharsets.UTF_8));
    Things.createTables(db);
  }

  // ---- shape

  @Test
  void an_entity_prints_every_property_in_the_order_of_the_schema() {
    insert(full("one"));
    assertThat(text(entity("one", null)))
        .isEqualTo(
            """
            {"@odata.context":"https://host/beta/$metadata#things/$entity",\
            "@odata.type":"#microsoft.graph.bigThing","id":"%s-one","name":"name one","note":null,\
            "flag":true,"number":-5,"moment":"2026-11-21T08:15:30.12Z",\
            "precise":"2026-11-21T08:15:30.1234567Z","colour":"green","powers":"fly,run",\
            "tags":["x","y"],"detail":{"text":"deep","flag":null,"number":3,"colour":null,"inner":null},\
            "document":{"text":"free","colour":"red"},"secret":null,"unstored":null,"size":9}\
            """
                .formatted(tenant));
  }

  @Test
  void an_entity_that_is_not_there_is_nothing() {
    assertThat(engine.entity(request("/things/x", null), Things.THING, byId("x"))).isEmpty();
  }

  @Test
  void rows_of_another_tenant_are_not_there() {
    insert(plain("mine"));
    ReadRequest other =
        new ReadRequest(
            Things.SCHEMA, "other", "https://host/beta", "/things", null, Preferences.NONE);
    assertThat(engine.collection(other, Things.THING, ALL).rows()).isZero();
    assertThat(engine.count(other, Things.THING, ALL)).isZero();
  }

  @Test
  void times_have_as_many_digits_as_they_need() {
    insert(time("t1", "2026-01-01T00:00:00Z"), time("t2", "2026-01-01T00:00:00.000001Z"));
    assertThat(list("$select=moment").get("value").toString())
        .isEqualTo(
            "[{\"moment\":\"2026-01-01T00:00:00Z\"},{\"moment\":\"2026-01-01T00:00:00.000001Z\"}]");
  }

  @Test
  void a_complex_value_without_any_part_is_null() {
    insert(plain("bare"));
    assertThat(entity("bare", null).get("detail").isNull()).isTrue();
  }

  @Test
  void the_type_is_printed_where_it_is_not_the_declared_one() {
    insert(plain("plain"), full("big"));
    JsonNode list = list("$orderby=id desc&$select=id,microsoft.graph.bigThing/size");
    assertThat(list.get("value").get(0).has("@odata.type")).isFalse();
    assertThat(list.get("value").get(0).has("size")).isFalse();
    assertThat(list.get("value").get(1).get("@odata.type").stringValue())
        .isEqualTo("#microsoft.graph.bigThing");
    assertThat(list.get("value").get(1).get("size").intValue()).isEqualTo(9);
  }

  @Test
  void isof_and_casts_reach_derived_types() {
    insert(plain("plain"), full("big"));
    assertThat(ids("$filter=isof('microsoft.graph.bigThing')")).containsExactly("big");
    assertThat(ids("$filter=not isof('graph.bigThing')")).containsExactly("plain");
    assertThat(ids("$filter=microsoft.graph.bigThing/size eq 9")).containsExactly("big");
    assertRefused(
        "$filter=size eq 9",
        "Invalid filter clause: Could not find a property named 'size' on type"
            + " 'microsoft.graph.thing'.");
  }

  // ---- select

  @Test
  void select_prints_only_what_it_names_and_says_so_in_the_context() {
    insert(full("one"));
    assertThat(text(entity("one", "$select=NAME,detail/number,document/text")))
        .isEqualTo(
            """
            {"@odata.context":"https://host/beta/$metadata#things(name,detail/number,document/text)/$entity",\
            "@odata.type":"#microsoft.graph.bigThing","name":"name one","detail":{"number":3},\
            "document":{"text":"free"}}\
            """);
  }

  @Test
  void a_property_returned_only_on_select_is_left_out_without_it() {
    insert(plain("one"));
    assertThat(entity("one", null).has("rare")).isFalse();
    assertThat(entity("one", "$select=*").has("rare")).isFalse();
    assertThat(entity("one", "$select=id,rare").get("rare").stringValue()).isEqualTo("seldom");
  }

  // ---- expand

  @Test
  void a_navigation_to_one_comes_with_the_same_statement() {
    insert(plain("parent"), child("child", "parent"));
    long before = db.statements();
    JsonNode list =
        list("$expand=parent($select=id,name)&$filter=id eq '%s-child'".formatted(tenant));
    assertThat(db.statements() - before).isEqualTo(1);
    assertThat(list.get("@odata.context").stringValue())
        .isEqualTo("https://host/beta/$metadata#things(parent(id,name))");
    assertThat(list.get("value").get(0).get("parent").toString())
        .isEqualTo("{\"id\":\"%s-parent\",\"name\":\"name parent\"}".formatted(tenant));
    assertThat(entity("parent", "$expand=parent").get("parent").isNull()).isTrue();
  }

  @Test
  void a_navigation_to_many_costs_one_statement_for_the_whole_page() {
    insert(
        parts("p1", new MemberPrinter("p1a", "x", true), new MemberPrinter("p1b", "y", false)),
        parts("p2", new MemberPrinter("p2a", null, false)),
        parts("p3"));
    long before = db.statements();
    JsonNode list = list("$expand=parts($expand=stamp)");
    assertThat(db.statements() - before).isEqualTo(2);
    assertThat(list.get("value").get(0).get("parts").toString())
        .isEqualTo(
            """
            [{"id":"p1a","label":"x","stamp":{"@odata.type":"#microsoft.graph.stamp",\
            "id":"stamp-p1a"}},{"id":"p1b","label":"y","stamp":null}]\
            """);
    assertThat(list.get("value").get(1).get("parts").size()).isEqualTo(1);
    assertThat(list.get("value").get(2).get("parts").toString()).isEqualTo("[]");
  }

  @Test
  void expanded_collections_take_filter_order_and_top_and_nest() {
    insert(
        plain("root"),
        withParent(
            "p1", "root", new MemberPrinter("a1", "1", false), new MemberPrinter("a2", "2", false)),
        withParent(
            "p2",
            "root",
            new MemberPrinter("b1", "1", false),
            new MemberPrinter("b2", "2", false)));
    String query = "$filter=parent/name eq 'name root'&$expand=parts(";
    assertThat(list(query + "$top=1;$orderby=label desc;$select=id)").get("value").toString())
        .contains("\"parts\":[{\"id\":\"a2\"}]")
        .contains("\"parts\":[{\"id\":\"b2\"}]");
    assertThat(
            list(query + "$filter=label eq '1' or id eq ';)';$select=id)").get("value").toString())
        .contains("\"parts\":[{\"id\":\"a1\"}]");
    JsonNode deep =
        entity(
            "p1", "$select=id&$expand=parts($select=id;$expand=owner($select=id;$expand=parts))");
    assertThat(deep.get("parts").get(1).get("owner").get("parts").get(0).get("id").stringValue())
        .isEqualTo("a1");
  }

  @Test
  void entities_within_a_document_are_shown_where_the_resource_says_or_expand_asks() {
    insert(plain("one"));
    String document =
        """
        {"text": "x", "near": {"id": "n", "label": "near"}, \
        "inner": {"text": "y", "far": [{"id": "f1", "label": "l"}, {"id": "f2", "label": "m"}]}}\
        """;
    db.tx(
        tx ->
            tx.update(
                Sql.of(
                        "update query_thing set document = cast(:document as jsonb) where tenant_id"
                            + " = :tenantId")
                    .with("document", document)
                    .with("tenantId", tenant)));
    Resource hiding = Things.builder().expandable("document").build();
    assertThat(entity(hiding, "one", "$select=document").get("document").toString())
        .isEqualTo("{\"text\":\"x\",\"inner\":{\"text\":\"y\"}}");
    JsonNode expanded =
        entity(
            hiding,
            "one",
            "$select=document/text&$expand=document/inner/FAR($select=id),document/near");
    assertThat(expanded.get("document").toString())
        .isEqualTo(
            "{\"near\":{\"id\":\"n\",\"label\":\"near\"},\"text\":\"x\",\"inner\":{\"far\":[{\"id\":\"f1\"},{\"id\":\"f2\"}]}}");
    assertThat(expanded.get("@odata.context").stringValue())
        .endsWith("#things(document/text,document/inner/far(id),document/near())/$entity");
    assertThat(entity(hiding, "one", "$select=id&$expand=document/near").get("document").toString())
        .isEqualTo("{\"near\":{\"id\":\"n\",\"label\":\"near\"}}");
    assertThat(entity("one", "$select=document").get("document").has("near")).isTrue();
    assertThat(refused("$expand=detail/near").code()).isEqualTo("ExpandNotSupported");
    assertThat(refused("$expand=document/near($expand=owner)").message())
        .contains("Query option 'Expand' is not allowed");
    db.tx(
        tx ->
            tx.update(
                Sql.of(
                        "update query_thing set document = '{\"inner\": {}}' where tenant_id ="
                            + " :tenantId")
                    .with("tenantId", tenant)));
    assertThat(
            entity(hiding, "one", "$select=id&$expand=document/inner/far,document/near")
                .get("document")
                .toString())
        .isEqualTo("{\"inner\":{\"far\":[]},\"near\":null}");
  }

  @Test
  void an_expand_that_is_not_offered_is_refused_with_its_own_code() {
    Reason.Invalid reason = refused("$expand=unread");
    assertThat(reason.code()).isEqualTo("ExpandNotSupported");
    assertThat(reason.message())
        .isEqualTo("Expand is not allowed for property 'unread' according to the entity schema.");
    assertRefused(
        "$expand=nothing",
        "Parsing OData Select and Expand failed: Could not find a property named 'nothing' on type"
            + " 'microsoft.graph.thing'.");
    assertThat(refused("$expand=parts($top=1;$count=true)").message())
        .contains("Query option 'Count' is not allowed");
    assertThat(refused("$expand=parent($expand=parent($expand=parent($expand=parent)))").message())
        .contains("too deep");
    assertThat(refused("$expand=parts(").message()).contains("Syntax error");
    assertThat(refused("$expand=parts,PARTS").message()).contains("expanded twice");
    assertThat(refused("$expand=name").message())
        .contains("Could not find a property named 'name'");
  }

  // ---- evolvable enumerations

  @Test
  void late_members_are_hidden_unless_asked_for() {
    insert(colour("c1", "ultra"), colour("c2", "red"), colour("c3", "infra"));
    assertThat(list("$select=colour,document/colour").get("value").get(0).toString())
        .isEqualTo(
            "{\"colour\":\"unknownFutureValue\",\"document\":{\"colour\":\"unknownFutureValue\"}}");
    assertThat(ids("$filter=colour eq 'unknownFutureValue'")).containsExactly("c1", "c3");
    assertThat(ids("$filter=colour ne 'UnknownFutureValue'")).containsExactly("c2");
    assertThat(ids("$filter=colour in ('red','unknownFutureValue')")).hasSize(3);
    assertRefused(
        "$filter=colour eq 'ultra'",
        "Invalid filter clause: The string 'ultra' is not a valid enumeration type constant.");
    assertThat(ids("$orderby=colour desc")).containsExactly("c3", "c1", "c2");

    Preferences all = Preferences.parse(List.of("return=minimal, Include-Unknown-Enum-Members"));
    ReadResult result =
        engine.collection(
            request("/things", "$select=colour,document/colour&$filter=colour eq 'ULTRA'", all),
            Things.THING,
            ALL);
    assertThat(Json.read(result.body()).get("value").toString())
        .isEqualTo("[{\"colour\":\"ultra\",\"document\":{\"colour\":\"ultra\"}}]");
    assertThat(result.headers())
        .containsEntry("Preference-Applied", "include-unknown-enum-members");
    assertThat(
            engine.count(
                request("/things", "$filter=colour eq 'unknownFutureValue'", all),
                Things.THING,
                ALL))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colour eq 'green'",
        "colour eq 'Green'",
        "COLOUR EQ 'GREEN'",
        "colour eq microsoft.graph.colour'green'",
        "colour eq graph.colour'GREEN'",
        "'green' eq colour",
        "colour in ('green')",
        "not(colour ne 'green')",
        "colour gt 'red' and colour lt 'blue'"
      })
  void enum_literals_are_read_in_every_form_that_clients_send(String filter) {
    insert(colour("c1", "red"), colour("c2", "green"), colour("c3", "ultra"), plain("c4"));
    assertThat(ids("$filter=" + filter)).containsExactly("c2");
  }

  // ---- paging

  @Test
  void pages_follow_each_other_until_no_row_is_left() {
    for (int i = 0; i < 9; i++) {
      insert(plain("p" + i));
    }
    JsonNode first = list("$filter=name ne 'a%20%26%20b%2Bc'&$top=4&custom=%C3%A9&$count=true");
    assertThat(first.get("@odata.count").intValue()).isEqualTo(9);
    String link = first.get("@odata.nextLink").stringValue();
    assertThat(link)
        .startsWith(
            "https://host/beta/things?$filter=name%20ne%20'a%20%26%20b%2Bc'&$top=4&custom=%C3%A9"
                + "&$count=true&$skiptoken=");
    JsonNode second = follow(link);
    assertThat(second.get("@odata.count").intValue()).isEqualTo(9);
    assertThat(second.get("@odata.nextLink").stringValue()).isNotEqualTo(link);
    JsonNode third = follow(second.get("@odata.nextLink").stringValue());
    assertThat(third.get("value").size()).isEqualTo(1);
    assertThat(third.has("@odata.nextLink")).isFalse();
  }

  @Test
  void a_page_that_holds_exactly_the_rest_is_the_last() {
    for (int i = 0; i < 7; i++) {
      insert(plain("p" + i));
    }
    assertThat(list(null).has("@odata.nextLink")).isFalse();
    assertThat(list("$top=7").has("@odata.nextLink")).isFalse();
    assertThat(list("$top=6").has("@odata.nextLink")).isTrue();
    assertThat(list("$top=0").get("value").size()).isZero();
    assertThat(list("$top=0&$count=true").get("@odata.count").intValue()).isEqualTo(7);
    assertThat(list("$skip=5&$count=true").get("@odata.count").intValue()).isEqualTo(7);
    assertThat(list("$skip=50&$count=true").get("@odata.count").intValue()).isEqualTo(7);
  }

  @Test
  void skip_counts_once_and_not_again_on_the_next_page() {
    for (int i = 0; i < 6; i++) {
      insert(plain("p" + i));
    }
    JsonNode first = list("$skip=1&$top=2");
    JsonNode second = follow(first.get("@odata.nextLink").stringValue());
    assertThat(names(first)).containsExactly("p1", "p2");
    assertThat(names(second)).containsExactly("p3", "p4");
  }

  @Test
  void maxpagesize_is_followed_and_stays_with_the_link() {
    for (int i = 0; i < 5; i++) {
      insert(plain("p" + i));
    }
    Preferences two = Preferences.parse(List.of("odata.maxpagesize=2"));
    ReadResult result = engine.collection(request("/things", null, two), Things.THING, ALL);
    assertThat(result.rows()).isEqualTo(2);
    assertThat(result.headers()).containsEntry("Preference-Applied", "odata.maxpagesize=2");
    JsonNode second = follow(Json.read(result.body()).get("@odata.nextLink").stringValue());
    assertThat(names(second)).containsExactly("p2", "p3");
    assertThat(engine.collection(request("/things", "$top=3", two), Things.THING, ALL).rows())
        .isEqualTo(3);
  }

  @Test
  void a_token_is_good_for_its_own_request_only() {
    for (int i = 0; i < 3; i++) {
      insert(plain("p" + i));
    }
    String link = list("$top=1").get("@odata.nextLink").stringValue();
    String token = link.substring(link.indexOf("skiptoken=") + 10);
    assertThat(names(list("$top=1&$skipToken=" + token))).containsExactly("p1");
    assertThat(names(list("top=1&%24skiptoken=" + token))).containsExactly("p1");

    String text =
        "The $skiptoken is not one that this server gave out for this request. Begin again without"
            + " it.";
    assertRefused("$top=2&$skiptoken=" + token, text);
    assertRefused("$top=1&$filter=id ne 'x'&$skiptoken=" + token, text);
    assertRefused("$top=1&$skiptoken=" + token.substring(1), text);
    assertRefused("$top=1&$skiptoken=" + token.substring(0, token.length() - 2), text);
    assertRefused("$top=1&$skiptoken=", text);
    assertRefused("$top=1&$skiptoken=*", text);
    assertRefused("$top=1&$skiptoken=AQ", text);
    assertRefused("$top=1&$skiptoken=" + "A".repeat(20_000), text);
    char other = token.charAt(10) == 'A' ? 'B' : 'A';
    assertRefused(
        "$top=1&$skiptoken=" + token.substring(0, 10) + other + token.substring(11), text);
    ReadRequest elsewhere = request("/other/things", "$top=1&$skiptoken=" + token);
    assertThatThrownBy(() -> engine.collection(elsewhere, Things.THING, ALL)).hasMessage(text);
    ReadRequest foreign =
        new ReadRequest(
            Things.SCHEMA,
            "foreign",
            "https://host/beta",
            "/things",
            "$top=1&$skiptoken=" + token,
            Preferences.NONE);
    assertThatThrownBy(() -> engine.collection(foreign, Things.THING, ALL)).hasMessage(text);
    ReadEngine anotherSecret =
        new ReadEngine(db, "another secret of that length".getBytes(StandardCharsets.UTF_8));
    ReadRequest same = request("/things", "$top=1&$skiptoken=" + token);
    assertThatThrownBy(() -> anotherSecret.collection(same, Things.THING, ALL)).hasMessage(text);
  }

  @Test
  void a_list_is_one_statement_even_where_the_count_is_sent_unasked() {
    Resource counted = Things.builder().alwaysCount().build();
    insert(plain("p0"), plain("p1"));
    long before = db.statements();
    ReadResult result = engine.collection(request("/things", null), counted, ALL);
    assertThat(db.statements() - before).isEqualTo(1);
    assertThat(Json.read(result.body()).get("@odata.count").intValue()).isEqualTo(2);
  }

  // ---- refusals

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $select=x | Parsing OData Select and Expand failed: Could not find a property named 'x' on type 'microsoft.graph.thing'.
          $select=detail/x | Parsing OData Select and Expand failed: Could not find a property named 'x' on type 'microsoft.graph.detail'.
          $filter=x eq 1 | Invalid filter clause: Could not find a property named 'x' on type 'microsoft.graph.thing'.
          $filter=name eq | Invalid filter clause: Syntax error at position 8 in 'name eq'.
          $search=x | The query specified in the URI is not valid. Query option 'Search' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings.
          $top=101 | The query specified in the URI is not valid. The limit of '100' for Top query has been exceeded. The value from the incoming request is '101'.
          $top=999999999999 | The query specified in the URI is not valid. The limit of '100' for Top query has been exceeded. The value from the incoming request is '999999999999'.
          $top=x | Invalid value 'x' for $top query option found. The $top query option requires a non-negative integer value.
          $top=-1 | Invalid value '-1' for $top query option found. The $top query option requires a non-negative integer value.
          $top=%2B1 | Invalid value '+1' for $top query option found. The $top query option requires a non-negative integer value.
          $top=1.5 | Invalid value '1.5' for $top query option found. The $top query option requires a non-negative integer value.
          $top= | Invalid value '' for $top query option found. The $top query option requires a non-negative integer value.
          $skip=x | Invalid value 'x' for $skip query option found. The $skip query option requires a non-negative integer value.
          $count=yes | Invalid value 'yes' for $count query option found. Valid values are 'true' or 'false'.
          $top=1&top=2 | Query option '$top' was specified more than once, but it must be specified at most once.
          $skiptoken=a&$skipToken=b | Query option '$skiptoken' was specified more than once, but it must be specified at most once.
          $compute=x | The query parameter '$compute' is not supported.
          $deltatoken=x | The query parameter '$deltatoken' is not supported.
          $filter= | The value for OData query '$filter' cannot be empty.
          $format=xml | The value 'xml' of $format is not supported; use 'json'.
          $orderby=x | Invalid orderby clause: Could not find a property named 'x' on type 'microsoft.graph.thing'.
          $orderby=name up | Invalid orderby clause: Syntax error in 'name up'.
          $orderby=detail | The query specified in the URI is not valid. The property 'detail' cannot be used in the $orderby query option.
          $orderby=tags | The query specified in the URI is not valid. The property 'tags' cannot be used in the $orderby query option.
          $filter=name eq %zz | The query holds a percent sign without two digits.
          $filter=name eq '%00' | The query holds a NUL character.
          $filter=name eq '%ff' | The query is not valid UTF-8.
          """)
  void faults_are_refused_with_the_documented_texts(String query, String message) {
    assertRefused(query, message);
  }

  @Test
  void options_that_a_resource_does_not_take_are_refused() {
    Resource strict =
        Things.builder().options(Option.TOP, Option.FILTER).filterable("name", Operator.EQ).build();
    for (String query :
        List.of("$skip=1", "$orderby=name", "$count=true", "$expand=parts", "$select=id")) {
      assertThatThrownBy(() -> engine.collection(request("/things", query), strict, ALL))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("is not allowed. To allow it, set the 'AllowedQueryOptions'");
    }
    assertThatThrownBy(
            () -> engine.collection(request("/things", "$filter=note eq 'x'"), strict, ALL))
        .hasMessage(
            "The query specified in the URI is not valid. The property 'note' cannot be used in the"
                + " $filter query option.");
    assertThatThrownBy(
            () -> engine.collection(request("/things", "$filter=name gt 'x'"), strict, ALL))
        .hasMessageContaining("'GreaterThan' is not allowed");
    assertThatThrownBy(() -> engine.entity(request("/things/x", "$top=1"), strict, byId("x")))
        .hasMessageContaining("Query option 'Top' is not allowed");
    assertThatThrownBy(() -> engine.entity(request("/things/x", "$skiptoken=1"), strict, byId("x")))
        .hasMessageContaining("Query option 'SkipToken' is not allowed");
    assertThat(engine.collection(request("/things", "$top=999"), strict, ALL).rows()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$filter=name eq ''' or 1 eq 1 --'",
        "$filter=name eq '''; drop table query_thing; --'",
        "$filter=startswith(name,'%25'' or true')",
        "$filter=name in (''';','$1','?')",
        "$orderby=name;drop table query_thing",
        "$orderby=name,(select 1)",
        "$select=name,(select version())",
        "$filter=pg_sleep(10) eq 1",
        "$filter=t.name eq 'x'",
        "$expand=parts($filter=label eq ''' or true')"
      })
  void an_injection_matches_nothing_or_is_refused(String query) {
    insert(plain("one"));
    try {
      JsonNode answer = list(query);
      assertThat(answer.get("value").size()).isLessThanOrEqualTo(query.contains("expand") ? 1 : 0);
    } catch (Refusal refusal) {
      assertThat(refusal.reason()).isInstanceOf(Reason.Invalid.class);
    }
    assertThat(list(null).get("value").size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter=name eq 'name one'",
        "%24filter=name%20eq%20'name+one'",
        "$FILTER=name eq 'name one'",
        "&&$filter=Name Eq 'name one'&&unknown=1",
        "$filter=(name) eq ('name one')",
        "$filter=startswith(name, 'name o') eq true",
        "$filter=not(note ne null) and name eq 'name one'"
      })
  void options_are_read_in_every_spelling(String query) {
    insert(plain("one"), plain("two"));
    assertThat(ids(query)).containsExactly("one");
  }

  @Test
  void lambdas_reach_collections_of_values_and_of_entities() {
    insert(
        parts("p1", new MemberPrinter("p1a", "x", true)),
        parts("p2", new MemberPrinter("p2a", "x", false), new MemberPrinter("p2b", "y", false)),
        parts("p3"));
    assertThat(ids("$filter=parts/any(p:p/label eq 'y')")).containsExactly("p2");
    assertThat(ids("$filter=parts/any(p:p/stamp ne null)")).containsExactly("p1");
    assertThat(ids("$filter=parts/any()")).containsExactly("p1", "p2");
    assertThat(ids("$filter=not parts/any()")).containsExactly("p3");
    assertThat(ids("$filter=not(parts/any(p:p/label eq 'y')) and tags/any(t:t eq 'p1')"))
        .containsExactly("p1");
    assertThat(ids("$filter=parts/any(p:p/owner/parts/any(q:q/label eq 'y') and p/label eq 'x')"))
        .containsExactly("p2");
    assertThat(refused("$filter=parts/all(p:p/label eq 'x')").message())
        .contains("Function 'all' is not allowed");
    assertThat(refused("$filter=parts/label eq 'x'").message()).contains("not a single value");
  }

  @Test
  void count_honours_the_filter() {
    insert(plain("one"), plain("two"));
    assertThat(engine.count(request("/things", null), Things.THING, ALL)).isEqualTo(2);
    assertThat(engine.count(request("/things", "$filter=name eq 'name one'"), Things.THING, ALL))
        .isEqualTo(1);
    assertThatThrownBy(() -> engine.count(request("/things", "$top=1"), Things.THING, ALL))
        .hasMessageContaining("'Top' is not allowed");
  }

  // ---- support

  private void insert(Thing... things) {
    Things.insert(db, tenant, List.of(things));
  }

  private Thing full(String id) {
    return new Thing(
        tenant + "-" + id,
        "name " + id,
        null,
        true,
        -5,
        Instant.parse("2026-11-21T08:15:30.12Z"),
        "2026-11-21T08:15:30.1234567Z",
        "green",
        List.of("run", "fly"),
        List.of("x", "y"),
        "deep",
        3,
        "free",
        "red",
        null,
        9L,
        List.of());
  }

  private Thing thing(
      String id,
      @Nullable Instant moment,
      @Nullable String colour,
      @Nullable String parent,
      MemberPrinter... parts) {
    return new Thing(
        tenant + "-" + id,
        "name " + id,
        null,
        null,
        null,
        moment,
        null,
        colour,
        null,
        List.of(id),
        null,
        null,
        null,
        colour,
        parent == null ? null : tenant + "-" + parent,
        null,
        List.of(parts));
  }

  private Thing plain(String id) {
    return thing(id, null, null, null);
  }

  private Thing time(String id, String moment) {
    return thing(id, Instant.parse(moment), null, null);
  }

  private Thing colour(String id, String colour) {
    Thing thing = thing(id, null, colour, null);
    return thing;
  }

  private Thing child(String id, String parent) {
    return thing(id, null, null, parent);
  }

  private Thing parts(String id, MemberPrinter... parts) {
    return thing(id, null, null, null, parts);
  }

  private Thing withParent(String id, String parent, MemberPrinter... parts) {
    return thing(id, null, null, parent, parts);
  }

  private Sql byId(String id) {
    return Sql.of("t.thing_id = :thingId").with("thingId", tenant + "-" + id);
  }

  private ReadRequest request(String path, @Nullable String query) {
    return request(path, query, Preferences.NONE);
  }

  private ReadRequest request(String path, @Nullable String query, Preferences preferences) {
    return new ReadRequest(Things.SCHEMA, tenant, "https://host/beta", path, query, preferences);
  }

  private ObjectNode entity(String id, @Nullable String query) {
    return entity(Things.THING, id, query);
  }

  private ObjectNode entity(Resource resource, String id, @Nullable String query) {
    ReadResult result =
        engine.entity(request("/things/" + id, query), resource, byId(id)).orElseThrow();
    return (ObjectNode) Json.read(result.body());
  }

  private static String text(ObjectNode node) {
    return Json.text(node);
  }

  private JsonNode list(@Nullable String query) {
    return Json.read(engine.collection(request("/things", query), Things.THING, ALL).body());
  }

  private JsonNode follow(String link) {
    assertThat(link).startsWith("https://host/beta/things?");
    return list(link.substring(link.indexOf('?') + 1));
  }

  private List<String> ids(String query) {
    JsonNode list = list(query);
    List<String> ids = new ArrayList<>();
    for (JsonNode row : list.get("value")) {
      ids.add(row.get("id").stringValue().substring(tenant.length() + 1));
    }
    return ids;
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    for (JsonNode row : page.get("value")) {
      names.add(row.get("name").stringValue().substring("name ".length()));
    }
    return names;
  }

  private Reason.Invalid refused(String query) {
    try {
      list(query);
    } catch (Refusal refusal) {
      return (Reason.Invalid) refusal.reason();
    }
    throw new AssertionError("not refused: " + query);
  }

  private void assertRefused(String query, String message) {
    Reason.Invalid reason = refused(query);
    assertThat(reason.message()).isEqualTo(message);
    assertThat(reason.code()).isEqualTo("BadRequest");
  }
}
