package dev.fettle.graph.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

  private final Schema beta = Schema.load("beta");

  @ParameterizedTest
  @CsvSource({
    "beta, teamwork-beta",
    "beta, teams-apps-beta",
    "beta, vpp-beta",
    "v1.0, teams-apps-v1",
    "v1.0, vpp-v1"
  })
  void served_document_holds_every_fact_of_the_contract(String served, String facts)
      throws IOException {
    Schema actual = Schema.load(served);
    Schema expected = Schema.parse(resource("/csdl-facts/" + facts + ".csdl.xml"));

    for (Type type : expected.types()) {
      Type ours = actual.type(type.qualifiedName()).orElseThrow();
      switch (type) {
        case EnumType enumeration -> {
          EnumType served1 = (EnumType) ours;
          assertThat(served1.members()).containsAll(enumeration.members());
          assertThat(served1.isFlags()).isEqualTo(enumeration.isFlags());
        }
        case StructuredType structured -> sameMembers(structured, (StructuredType) ours);
        case PrimitiveType primitive -> throw new AssertionError(primitive);
      }
    }
    for (Root root : expected.roots()) {
      Root ours = actual.root(root.name()).orElseThrow();
      assertThat(ours.type().qualifiedName()).isEqualTo(root.type().qualifiedName());
      assertThat(ours.collection()).isEqualTo(root.collection());
    }
  }

  private static void sameMembers(StructuredType fact, StructuredType ours) {
    assertThat(ours.getClass()).isEqualTo(fact.getClass());
    assertThat(ours.isOpen()).as(fact.qualifiedName()).isEqualTo(fact.isOpen());
    assertThat(ours.isAbstract()).as(fact.qualifiedName()).isEqualTo(fact.isAbstract());
    fact.base()
        .ifPresent(
            base ->
                assertThat(ours.base().orElseThrow().qualifiedName())
                    .isEqualTo(base.qualifiedName()));
    for (Property property : fact.properties()) {
      Property same = ours.property(property.name()).orElseThrow();
      assertThat(same.name()).isEqualTo(property.name());
      assertThat(same.type().qualifiedName()).isEqualTo(property.type().qualifiedName());
      assertThat(same.nullable()).as(property.name()).isEqualTo(property.nullable());
      assertThat(same.collection()).isEqualTo(property.collection());
    }
    for (NavigationProperty navigation : fact.navigations()) {
      NavigationProperty same = ours.navigation(navigation.name()).orElseThrow();
      assertThat(same.type().qualifiedName()).isEqualTo(navigation.type().qualifiedName());
      assertThat(same.collection()).isEqualTo(navigation.collection());
      assertThat(same.contained()).as(navigation.name()).isEqualTo(navigation.contained());
    }
  }

  @ParameterizedTest
  @CsvSource({"beta, teamwork-beta", "beta, teams-apps-beta", "beta, vpp-beta", "v1.0, vpp-v1"})
  void every_operation_of_the_contract_is_there(String served, String facts) throws IOException {
    Schema actual = Schema.load(served);
    Schema expected = Schema.parse(resource("/csdl-facts/" + facts + ".csdl.xml"));
    for (String name :
        List.of(
            "updateSoftware",
            "restart",
            "runDiagnostics",
            "upgrade",
            "reauthorize",
            "syncLicenses",
            "syncLicenseCounts",
            "revokeLicenses",
            "getLicensesForApp",
            "assign")) {
      for (Operation fact : expected.operations(name)) {
        assertThat(actual.operations(name)).map(Object::toString).contains(fact.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"beta", "v1.0", "fettle"})
  void served_bytes_are_the_document(String name) throws IOException {
    assertThat(Schema.load(name).document()).isEqualTo(resource("/csdl/" + name + ".xml"));
  }

  @Test
  void names_are_found_in_any_letter_case_and_with_namespace_alias_or_neither() {
    EntityType device = beta.entityType("microsoft.graph.teamworkDevice");
    for (String name :
        List.of(
            "#microsoft.graph.teamworkDevice",
            "graph.TEAMWORKDEVICE",
            "teamworkdevice",
            "Microsoft.Graph.TeamworkDevice")) {
      assertThat(beta.type(name)).contains(device);
    }
    assertThat(beta.type("other.teamworkDevice")).isEmpty();
    assertThat(device.property("HARDWAREdetail").orElseThrow().name()).isEqualTo("hardwareDetail");
    assertThat(beta.operations("Microsoft.Graph.UPDATESOFTWARE")).hasSize(1);
    assertThat(beta.operations("fettle.updateSoftware")).isEmpty();
    assertThat(beta.root("TEAMWORK")).isPresent();
  }

  @Test
  void members_come_in_the_order_of_the_schema_with_inherited_ones_first() {
    assertThat(beta.entityType("teamworkDevice").properties())
        .extracting(Property::name)
        .startsWith("id", "activityState", "companyAssetTag")
        .endsWith("lastModifiedDateTime", "notes");
    assertThat(beta.entityType("teamworkDevice").key()).containsExactly("id");
  }

  @Test
  void members_above_the_sentinel_are_late() {
    EnumType type = beta.enumType("teamworkUserIdentityType");
    assertThat(type.lateMembers())
        .extracting(EnumType.Member::name)
        .containsExactly("emailUser", "azureCommunicationServicesUser");
    assertThat(beta.enumType("teamworkDeviceType").lateMembers())
        .extracting(EnumType.Member::name)
        .containsExactly("sipAnalog");
    assertThat(beta.enumType("vppTokenState").member(EnumType.SENTINEL)).isEmpty();
  }

  @Test
  void an_operation_is_found_on_types_derived_from_its_binding_type() {
    EntityType installation = beta.entityType("userScopeTeamsAppInstallation");
    assertThat(beta.operation("upgrade", installation, false)).isPresent();
    assertThat(beta.operation("upgrade", installation, true)).isEmpty();
    assertThat(beta.operation("upgrade", beta.entityType("vppToken"), false)).isEmpty();
    Operation update = beta.operations("updateSoftware").getFirst();
    assertThat(update.parameter("SOFTWARETYPE").orElseThrow().nullable()).isFalse();
    assertThat(update.parameter("softwareVersion").orElseThrow().nullable()).isTrue();
  }

  @Test
  void a_document_that_names_a_missing_type_is_refused() {
    byte[] broken =
        """
        <Schema Namespace="x"><EntityType Name="a"><Property Name="p" Type="x.b"/></EntityType></Schema>
        """
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Schema.parse(broken)).hasMessage("No such type: x.b");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(SchemaTest.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }
}
