package dev.fettle.graph.query;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A schema, two tables and resources that have one property of every kind, with random rows. */
final class Things {

  static final Schema SCHEMA =
      Schema.parse(
          """
          <Schema Namespace="microsoft.graph" Alias="graph">
            <EnumType Name="colour">
              <Member Name="red" Value="0"/><Member Name="green" Value="1"/>
              <Member Name="blue" Value="2"/><Member Name="unknownFutureValue" Value="3"/>
              <Member Name="ultra" Value="4"/><Member Name="infra" Value="5"/>
            </EnumType>
            <EnumType Name="powers" IsFlags="true">
              <Member Name="fly" Value="1"/><Member Name="swim" Value="2"/>
              <Member Name="run" Value="4"/><Member Name="unknownFutureValue" Value="8"/>
            </EnumType>
            <ComplexType Name="detail">
              <Property Name="text" Type="Edm.String"/>
              <Property Name="flag" Type="Edm.Boolean"/>
              <Property Name="number" Type="Edm.Int32"/>
              <Property Name="colour" Type="graph.colour"/>
              <Property Name="inner" Type="graph.inner"/>
              <NavigationProperty Name="near" Type="graph.part"/>
            </ComplexType>
            <ComplexType Name="inner">
              <Property Name="text" Type="Edm.String"/>
              <NavigationProperty Name="far" Type="Collection(graph.part)"/>
            </ComplexType>
            <EntityType Name="thing">
              <Key><PropertyRef Name="id"/></Key>
              <Property Name="id" Type="Edm.String" Nullable="false"/>
              <Property Name="name" Type="Edm.String" Nullable="false"/>
              <Property Name="note" Type="Edm.String"/>
              <Property Name="flag" Type="Edm.Boolean"/>
              <Property Name="number" Type="Edm.Int32"/>
              <Property Name="moment" Type="Edm.DateTimeOffset"/>
              <Property Name="precise" Type="Edm.DateTimeOffset"/>
              <Property Name="colour" Type="graph.colour"/>
              <Property Name="powers" Type="graph.powers"/>
              <Property Name="tags" Type="Collection(Edm.String)" Nullable="false"/>
              <Property Name="detail" Type="graph.detail"/>
              <Property Name="document" Type="graph.detail"/>
              <Property Name="secret" Type="Edm.String"/>
              <Property Name="rare" Type="Edm.String"/>
              <Property Name="unstored" Type="Edm.Int32"/>
              <NavigationProperty Name="parent" Type="graph.thing"/>
              <NavigationProperty Name="parts" Type="Collection(graph.part)" ContainsTarget="true"/>
              <NavigationProperty Name="unread" Type="graph.thing"/>
            </EntityType>
            <EntityType Name="bigThing" BaseType="graph.thing">
              <Property Name="size" Type="Edm.Int64"/>
            </EntityType>
            <EntityType Name="part">
              <Key><PropertyRef Name="id"/></Key>
              <Property Name="id" Type="Edm.String" Nullable="false"/>
              <Property Name="label" Type="Edm.String"/>
              <NavigationProperty Name="owner" Type="graph.thing"/>
              <NavigationProperty Name="stamp" Type="graph.stamp" ContainsTarget="true"/>
            </EntityType>
            <EntityType Name="stamp">
              <Key><PropertyRef Name="id"/></Key>
              <Property Name="id" Type="Edm.String" Nullable="false"/>
            </EntityType>
            <EntityContainer Name="c"><EntitySet Name="things" EntityType="graph.thing"/></EntityContainer>
          </Schema>
          """
              .getBytes(StandardCharsets.UTF_8));

  static final Resource STAMP =
      Resource.of("microsoft.graph.stamp").key("id", "stamp_id").typed().build();

  static final Resource PART =
      Resource.of("microsoft.graph.part")
          .from("query_part t")
          .key("id", "part_id")
          .text("label", "label")
          .toOne("owner", Things::thing, "n.thing_id = t.thing_id")
          .inline("stamp", () -> STAMP, "t.stamp_id is not null")
          .options(Option.FILTER)
          .build();

  static final Resource THING =
      builder()
          .options(
              Option.FILTER,
              Option.ORDERBY,
              Option.TOP,
              Option.SKIP,
              Option.SELECT,
              Option.EXPAND,
              Option.COUNT)
          .page(7, 100, AboveMaximum.REFUSE)
          .build();

  private Things() {}

  static Resource thing() {
    return THING;
  }

  static Resource.Builder builder() {
    return Resource.of("microsoft.graph.thing")
        .from("query_thing t left join query_extra t_x on t_x.thing_id = t.thing_id")
        .key("id", "thing_id")
        .text("name", "name")
        .text("note", "note")
        .flag("flag", "flag")
        .integer("number", "number")
        .time("moment", "moment")
        .preciseTime("precise", "precise")
        .enumeration("colour", "colour")
        .flags("powers", "powers")
        .texts("tags", "tags")
        .complex(
            "detail",
            d ->
                d.text("text", "detail_text")
                    .flag("flag", "detail_flag")
                    .integer("number", "t_x.detail_number")
                    .enumeration("colour", "detail_colour"))
        .json("document", "document")
        .alwaysNull("secret")
        .text("rare", "rare")
        .onlyWhenSelected("rare")
        .typeColumn("kind")
        .derived("microsoft.graph.bigThing", d -> d.bigint("size", "size"))
        .toOne("parent", Things::thing, "n.thing_id = t.parent_id")
        .toMany("parts", () -> PART, "thing_id", "thing_id");
  }

  /** A row, as plain Java sees it. */
  record Thing(
      String id,
      String name,
      @Nullable String note,
      @Nullable Boolean flag,
      @Nullable Integer number,
      @Nullable Instant moment,
      @Nullable String precise,
      @Nullable String colour,
      @Nullable List<String> powers,
      List<String> tags,
      @Nullable String detailText,
      @Nullable Integer detailNumber,
      @Nullable String documentText,
      @Nullable String documentColour,
      @Nullable String parentId,
      @Nullable Long size,
      List<MemberPrinter> parts) {}

  record MemberPrinter(String id, @Nullable String label, boolean stamped) {}

  static void createTables(Db db) {
    db.tx(
        tx -> {
          tx.update(
              Sql.of(
                  """
                  create table if not exists query_thing (
                    tenant_id text, thing_id text collate "C", name text collate "C" not null,
                    note text collate "C", flag boolean, number integer, moment timestamptz,
                    precise text collate "C", colour text, powers text[], tags text[] not null,
                    detail_text text collate "C", detail_flag boolean, detail_colour text,
                    document jsonb, rare text, parent_id text, kind text, size bigint,
                    primary key (tenant_id, thing_id))
                  """));
          tx.update(
              Sql.of(
                  "create table if not exists query_extra (thing_id text primary key,"
                      + " detail_number integer)"));
          tx.update(
              Sql.of(
                  """
                  create table if not exists query_part (
                    tenant_id text, thing_id text, part_id text collate "C", label text collate "C",
                    stamp_id text, primary key (tenant_id, part_id))
                  """));
          return 0;
        });
  }

  static void insert(Db db, String tenant, List<Thing> things) {
    db.tx(
        tx -> {
          for (Thing thing : things) {
            String document =
                thing.documentText == null && thing.documentColour == null
                    ? null
                    : "{\"text\":"
                        + (thing.documentText == null
                            ? "null"
                            : "\"" + thing.documentText.replace("\\", "\\\\") + "\"")
                        + ",\"colour\":"
                        + (thing.documentColour == null
                            ? "null"
                            : "\"" + thing.documentColour + "\"")
                        + "}";
            tx.update(
                Sql.of(
                        "insert into query_thing values (:tenant, :id, :name, :note, :flag,"
                            + " :number, :moment, :precise, :colour, :powers, :tags, :detailText,"
                            + " null, null, cast(:document as jsonb), 'seldom', :parentId, :value,"
                            + " :size)")
                    .with("tenant", tenant)
                    .with("id", thing.id)
                    .with("name", thing.name)
                    .with("note", thing.note)
                    .with("flag", thing.flag)
                    .with("number", thing.number)
                    .with("moment", thing.moment)
                    .with("precise", thing.precise)
                    .with("colour", thing.colour)
                    .with("powers", thing.powers)
                    .with("tags", thing.tags)
                    .with("detailText", thing.detailText)
                    .with("document", document)
                    .with("parentId", thing.parentId)
                    .with(
                        "value",
                        thing.size == null ? "microsoft.graph.thing" : "microsoft.graph.bigThing")
                    .with("size", thing.size));
            if (thing.detailNumber != null) {
              tx.update(
                  Sql.of("insert into query_extra values (:id, :detailNumber)")
                      .with("id", thing.id)
                      .with("detailNumber", thing.detailNumber));
            }
            for (MemberPrinter part : thing.parts) {
              tx.update(
                  Sql.of("insert into query_part values (:tenant, :id, :id2, :label, :value)")
                      .with("tenant", tenant)
                      .with("id", thing.id)
                      .with("id2", part.id)
                      .with("label", part.label)
                      .with("value", part.stamped ? "stamp-" + part.id : null));
            }
          }
          return 0;
        });
  }

  static final List<String> WORDS =
      List.of(
          "a", "b", "ab", "B", "o'k", "50%", "5_0", "back\\slash", "é", "", "a b", "not", "x eq 1");

  static List<Thing> random(Random random, int count, String prefix) {
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = prefix + "%03d".formatted(i);
      List<MemberPrinter> parts = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0; j--) {
        parts.add(new MemberPrinter(id + "-" + j, word(random), random.nextBoolean()));
      }
      List<String> powers = new ArrayList<>();
      for (String power : List.of("fly", "swim", "run")) {
        if (random.nextBoolean()) {
          powers.add(power);
        }
      }
      things.add(
          new Thing(
              id,
              some(random, WORDS),
              word(random),
              random.nextInt(3) == 0 ? null : random.nextBoolean(),
              random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(5) - 2),
              random.nextInt(4) == 0 ? null : moment(random),
              random.nextInt(4) == 0 ? null : precise(random),
              random.nextInt(4) == 0
                  ? null
                  : some(random, List.of("red", "green", "ultra", "infra")),
              random.nextInt(4) == 0 ? null : powers,
              List.of(some(random, WORDS), some(random, WORDS)).subList(0, random.nextInt(3)),
              word(random),
              random.nextInt(3) == 0 ? null : Integer.valueOf(random.nextInt(3)),
              word(random),
              random.nextInt(3) == 0 ? null : some(random, List.of("red", "infra")),
              i > 0 && random.nextBoolean() ? prefix + "%03d".formatted(random.nextInt(i)) : null,
              random.nextInt(3) == 0 ? Long.valueOf(random.nextInt(4)) : null,
              parts));
    }
    return things;
  }

  static Instant moment(Random random) {
    return Instant.parse("2026-01-01T00:00:00Z").plusNanos(random.nextInt(4) * 1_000L);
  }

  static String precise(Random random) {
    return PreciseTime.of(
        Instant.parse("2026-01-01T00:00:00Z").plusNanos(random.nextInt(4) * 100L));
  }

  private static @Nullable String word(Random random) {
    return random.nextInt(3) == 0 ? null : some(random, WORDS);
  }

  static <T> T some(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
