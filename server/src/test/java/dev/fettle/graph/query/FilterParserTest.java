package dev.fettle.graph.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.Schema;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterParserTest {

  private static final Schema SCHEMA = Schema.load("beta");
  private static final EntityType DEVICE = SCHEMA.entityType("microsoft.graph.teamworkDevice");

  private static Expression parse(String text) {
    return FilterParser.parse(SCHEMA, DEVICE, false, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deviceType eq 'ipPhone'",
        "deviceType eq 'TeamsRoom'",
        "deviceType eq microsoft.graph.teamworkDeviceType'collaborationBar'",
        "deviceType eq Microsoft.Teams.GraphSvc.teamworkDeviceType'collaborationBar'",
        "hardwareDetail/uniqueId eq '5abcdef'",
        "currentUser/id eq 'value'",
        "not(notes eq 'a')",
        "not not notes eq 'a'",
        "notes eq null or notes ne null and createdDateTime gt 2026-01-01",
        "createdDateTime le 2026-01-01T00:00:00.1234567+02:00",
        "createdDateTime ge 2026-01-01T00:00Z",
        "hardwareDetail/macAddresses/any(m:startswith(m,'00'))",
        "operations/any(o:o/status eq 'queued' and o/operationType eq 'softwareUpdate')",
        "$it/notes eq 'x'",
        "true and not false",
        "1 eq 1",
        "contains(notes, 'it''s (not) , here')"
      })
  void documented_and_customary_forms_are_read(String filter) {
    assertThat(parse(filter)).isNotNull();
  }

  @Test
  void or_binds_weaker_than_and_and_not_stronger_than_both() {
    Expression.Or or = (Expression.Or) parse("notes eq 'a' or notes eq 'b' and not notes eq 'c'");
    Expression.And and = (Expression.And) or.terms().get(1);
    assertThat(and.terms().get(1)).isInstanceOf(Expression.Not.class);
    assertThat(parse("(notes eq 'a' or notes eq 'b') and notes eq 'c'"))
        .isInstanceOf(Expression.And.class);
  }

  @Test
  void a_literal_on_the_left_turns_the_comparison_round() {
    assertThat(parse("'b' gt notes")).isEqualTo(parse("notes lt 'b'"));
    assertThat(parse("'b' eq notes")).isEqualTo(parse("notes eq 'b'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          subject eq | Could not find a property named 'subject' on type 'microsoft.graph.teamworkDevice'.
          notes eq | Syntax error at position 9 in 'notes eq'.
          notes | The $filter expression must evaluate to a single boolean value, and 'notes' does not.
          notes eq 'a | Syntax error at position 10 in 'notes eq 'a'.
          notes eq 'a') | Syntax error at position 13 in 'notes eq 'a')'.
          (notes eq 'a' | Syntax error at position 14 in '(notes eq 'a''.
          notes 'a' | Syntax error at position 7 in 'notes 'a''.
          notes eq 'a' notes | Syntax error at position 14 in 'notes eq 'a' notes'.
          notes eq 5 | A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.
          notes eq true | A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Boolean' for operator kind 'Equal'.
          createdDateTime eq 'x' | A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'Equal'.
          deviceType eq 1 | A binary operator with incompatible types was detected. Found operand types 'microsoft.graph.teamworkDeviceType' and 'Edm.Int32' for operator kind 'Equal'.
          deviceType eq 'kettle' | The string 'kettle' is not a valid enumeration type constant.
          deviceType eq 'sipAnalog' | The string 'sipAnalog' is not a valid enumeration type constant.
          deviceType eq graph.teamworkSoftwareType'firmware' | A binary operator with incompatible types was detected. Found operand types 'microsoft.graph.teamworkDeviceType' and 'graph.teamworkSoftwareType' for operator kind 'Equal'.
          notes/x eq 'a' | Could not find a property named 'x' on type 'Edm.String'.
          hardwareDetail/x eq 'a' | Could not find a property named 'x' on type 'microsoft.graph.teamworkHardwareDetail'.
          notes eq companyAssetTag | A property can only be compared with a literal value.
          frobnicate(notes) eq 1 | An unknown function with name 'frobnicate' was found.
          operations/any(o:o/nothing eq 1) | Could not find a property named 'nothing' on type 'microsoft.graph.teamworkDeviceOperation'.
          hardwareDetail/macAddresses eq 'x' | A collection cannot be compared; use any(…).
          notes in () | Syntax error at position 11 in 'notes in ()'.
          """)
  void faults_are_told_with_their_place(String filter, String message) {
    assertThatThrownBy(() -> parse(filter))
        .isInstanceOf(Refusal.class)
        .hasMessage("Invalid filter clause: " + message);
  }

  @Test
  void the_documented_example_has_its_documented_position() {
    Schema events =
        Schema.parse(
            """
            <Schema Namespace="microsoft.graph"><EntityType Name="event">
              <Property Name="subject" Type="Edm.String"/></EntityType></Schema>
            """
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> FilterParser.parse(events, events.entityType("event"), false, "subject eq"))
        .hasMessage("Invalid filter clause: Syntax error at position 11 in 'subject eq'.");
  }

  @Test
  void functions_that_are_known_and_not_offered_are_refused_as_graph_does() {
    assertThatThrownBy(() -> parse("tolower(notes) eq 'a'"))
        .hasMessageContaining("Function 'tolower' is not allowed.");
  }

  @Test
  void a_late_member_may_be_named_by_who_asked_for_late_members() {
    assertThat(FilterParser.parse(SCHEMA, DEVICE, true, "deviceType eq 'sipAnalog'")).isNotNull();
  }

  @Test
  void no_text_can_exhaust_the_stack_or_the_memory() {
    for (String hostile :
        new String[] {
          "(".repeat(10_000),
          "(".repeat(10_000) + "notes eq 'a'" + ")".repeat(10_000),
          "not ".repeat(10_000) + "notes eq 'a'",
          "notes eq 'a'" + " or notes eq 'a'".repeat(2_000),
          "operations/any(o:".repeat(500),
          "notes in (" + "'a',".repeat(5_000) + "'a')",
          "notes/".repeat(5_000),
          "9".repeat(30_000) + " eq 1",
          "'" + "''".repeat(15_000),
          "notes eq " + "-".repeat(30_000)
        }) {
      assertThatThrownBy(() -> parse(hostile)).isInstanceOf(Refusal.class);
    }
    assertThat(parse("(".repeat(99) + "notes eq 'a'" + ")".repeat(99))).isNotNull();
    assertThat(parse("notes eq '" + "a".repeat(30_000) + "'")).isNotNull();
  }

  @Property(tries = 3_000)
  boolean any_text_is_read_or_refused(@ForAll("filters") String filter) {
    try {
      return parse(filter) != null;
    } catch (Refusal refusal) {
      return !refusal.reason().message().isEmpty();
    }
  }

  @Provide
  Arbitrary<String> filters() {
    return Arbitraries.of(
            "notes",
            "eq",
            "'a'",
            "(",
            ")",
            " ",
            " and ",
            " or ",
            "not",
            "in",
            ",",
            "deviceType",
            "graph.teamworkDeviceType'sip'",
            "null",
            "true",
            "5",
            "-",
            "2026-01-01",
            "any",
            "/",
            ":",
            "operations",
            "startswith",
            "hardwareDetail",
            "'",
            "$it",
            "é",
            "\n",
            "isof",
            "macAddresses",
            "has",
            "o",
            "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f")
        .list()
        .ofMaxSize(15)
        .map(words -> String.join("", words));
  }
}
