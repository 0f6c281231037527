package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.simulator.apple.Caller.Reply;
import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.administration.Administration.NewApp;
import dev.fettle.simulator.apple.administration.Administration.NewLibrary;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.faults.Fault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sections 4.3 to 4.5 and 8 of the contract: assets, paging, versions, metadata. */
final class ReadingContractTest {
  private final AppleStandIn standIn =
      AppleStandIn.start(
          AppleStandInSettings.builder()
              .seeded(false)
              .limits(Limits.documented().withMaxRequestPerSecond(1000))
              .build());
  private final Administration administration = standIn.administration();
  private String uId = "";
  private Caller caller = Caller.of("", null);

  @BeforeEach
  void open() {
    uId = administration.createLibrary(NewLibrary.business("Example", "Here"));
    caller = Caller.of(standIn.url(), administration.issueToken(uId));
  }

  @AfterEach
  void close() {
    standIn.close();
  }

  @Test
  void an_empty_library_has_one_empty_page() {
    Reply reply = caller.get("/assets");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().path("assets").isEmpty()).isTrue();
    assertThat(reply.number("currentPageIndex")).isZero();
    assertThat(reply.number("size")).isZero();
    assertThat(reply.number("totalPages")).isEqualTo(1);
    assertThat(reply.body().has("nextPageIndex")).isFalse();
  }

  @Test
  void an_asset_has_the_documented_members_and_total_is_the_sum() {
    administration.addShelf(uId);
    JsonNode asset = caller.get("/assets?adamId=408709785").body().path("assets").get(0);
    assertThat(asset.propertyNames())
        .containsExactlyInAnyOrder(
            "adamId",
            "assignedCount",
            "availableCount",
            "deviceAssignable",
            "pricingParam",
            "productType",
            "retiredCount",
            "revocable",
            "supportedPlatforms",
            "totalCount");
    assertThat(asset.path("adamId").isString()).isTrue();
    assertThat(asset.path("totalCount").intValue())
        .isEqualTo(
            asset.path("assignedCount").intValue()
                + asset.path("availableCount").intValue()
                + asset.path("retiredCount").intValue());
  }

  @Test
  void pages_are_counted_from_zero_and_the_last_has_no_next() {
    administration.addGenerated(uId, 25);
    administration.pageSize(10);
    Reply first = caller.get("/assets");
    assertThat(first.number("currentPageIndex")).isZero();
    assertThat(first.number("nextPageIndex")).isEqualTo(1);
    assertThat(first.number("size")).isEqualTo(10);
    assertThat(first.number("totalPages")).isEqualTo(3);
    Reply last = caller.get("/assets?pageIndex=2");
    assertThat(last.number("size")).isEqualTo(5);
    assertThat(last.body().has("nextPageIndex")).isFalse();
    assertThat(last.text("versionId")).isEqualTo(first.text("versionId"));
  }

  @Test
  void a_page_out_of_range_is_9650_and_a_page_that_is_no_number_9602() {
    administration.addGenerated(uId, 3);
    assertThat(caller.get("/assets?pageIndex=1").error()).isEqualTo(9650);
    assertThat(caller.get("/assets?pageIndex=-1").error()).isEqualTo(9650);
    assertThat(caller.get("/assets?pageIndex=one").error()).isEqualTo(9602);
    assertThat(caller.get("/assignments?pageIndex=1").error()).isEqualTo(9650);
    assertThat(caller.get("/users?pageIndex=1").error()).isEqualTo(9650);
  }

  @Test
  void twenty_thousand_assets_come_whole_and_without_repeats() {
    administration.addGenerated(uId, 20_000);
    List<String> numbers = new ArrayList<>();
    Integer next = 0;
    while (next != null) {
      Reply page = caller.get("/assets?pageIndex=" + next);
      page.body()
          .path("assets")
          .valueStream()
          .forEach(asset -> numbers.add(asset.path("adamId").stringValue()));
      next = page.body().has("nextPageIndex") ? (Integer) page.number("nextPageIndex") : null;
    }
    assertThat(numbers).hasSize(20_000).doesNotHaveDuplicates();
  }

  @Test
  void filters_narrow_the_list_and_zero_is_a_value() {
    administration.addShelf(uId);
    assertThat(numbers("/assets?productType=Book")).containsExactly("1400000123");
    assertThat(numbers("/assets?deviceAssignable=false"))
        .containsExactly("586447913", "1400000123");
    assertThat(numbers("/assets?revocable=false")).containsExactly("1400000123");
    assertThat(numbers("/assets?maxAvailableCount=3")).containsExactly("640199958");
    assertThat(numbers("/assets?minAvailableCount=3&maxAvailableCount=3"))
        .containsExactly("640199958");
    assertThat(numbers("/assets?minAssignedCount=1")).isEmpty();
    assertThat(numbers("/assets?maxAssignedCount=0")).hasSize(11);
    assertThat(numbers("/assets?maxAvailableCount=0")).isEmpty();
    assertThat(numbers("/assets?pricingParam=PLUS")).isEmpty();
    assertThat(caller.get("/assets?revocable=yes").error()).isEqualTo(9602);
    assertThat(caller.get("/assets?minAssignedCount=some").error()).isEqualTo(9602);
  }

  @Test
  void unlimited_assets_have_three_ways_to_be_asked_for() {
    administration.addShelf(uId);
    JsonNode all = caller.get("/assets?adamId=361304891").body();
    assertThat(all.path("assets").get(0).path("totalCount").intValue()).isEqualTo(2147483647);
    assertThat(all.has("unlimitedAssets")).isFalse();

    JsonNode apart = caller.get("/assets?unlimited=true").body();
    assertThat(apart.path("unlimitedAssets").size()).isEqualTo(2);
    assertThat(apart.path("unlimitedAssets").get(0).propertyNames())
        .doesNotContain("availableCount", "totalCount", "retiredCount")
        .contains("assignedCount");
    assertThat(apart.path("assets").size()).isEqualTo(9);

    JsonNode without = caller.get("/assets?unlimited=false").body();
    assertThat(without.path("assets").size()).isEqualTo(9);
    assertThat(without.has("unlimitedAssets")).isFalse();
  }

  @Test
  void the_version_of_assets_moves_with_every_write_and_not_with_reads() {
    administration.addShelf(uId);
    String version = caller.get("/assets").text("versionId");
    assertThat(version).matches("[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");
    assertThat(caller.get("/assets").text("versionId")).isEqualTo(version);
    administration.changeTotal(uId, "408709785", 5);
    assertThat(caller.get("/assets").text("versionId")).isNotEqualTo(version);
  }

  @Test
  void a_refund_stops_where_nothing_is_available() {
    administration.addApp(uId, new NewApp("77", "Counter", "com.example.counter", "iOS", 10));
    administration.changeTotal(uId, "77", -50);
    JsonNode asset = caller.get("/assets?adamId=77").body().path("assets").get(0);
    assertThat(asset.path("totalCount").intValue()).isZero();
    assertThat(asset.path("availableCount").intValue()).isZero();
  }

  @Test
  void a_library_can_grow_while_it_is_read() {
    administration.addGenerated(uId, 20);
    administration.pageSize(10);
    administration.addFault(
        Fault.on("getAssets", new Fault.Grow(15)).after(1).times(1).library(uId));
    Reply first = caller.get("/assets");
    Reply second = caller.get("/assets?pageIndex=1");
    assertThat(first.number("totalPages")).isEqualTo(2);
    assertThat(second.number("totalPages")).isEqualTo(4);
    assertThat(second.text("versionId")).isNotEqualTo(first.text("versionId"));
    assertThat(second.number("nextPageIndex")).isEqualTo(2);
  }

  @Test
  void libraries_do_not_see_each_other() {
    administration.addShelf(uId);
    String other = administration.createLibrary(NewLibrary.business("Other", "There"));
    Caller there = caller.bearer(administration.issueToken(other));
    assertThat(there.get("/assets").number("size")).isZero();
    assertThat(there.get("/assets").text("uId")).isEqualTo(other);
  }

  @Test
  void two_tokens_open_one_library() {
    administration.addShelf(uId);
    Caller second = caller.bearer(administration.issueToken(uId));
    assertThat(second.get("/assets").text("uId")).isEqualTo(uId);
    assertThat(second.get("/assets").number("size")).isEqualTo(11);
  }

  @Test
  void metadata_is_looked_up_by_number_and_hides_custom_apps_from_strangers() {
    administration.addShelf(uId);
    String lookup =
        Caller.of(standIn.url(), null)
            .get("/service/config")
            .body()
            .path("urls")
            .path("contentMetadataLookup")
            .stringValue();
    String query = "?version=2&p=mdm-lockup&caller=MDM&cc=gb&l=en&id=408709785,1600000001,1";
    Caller anyone = Caller.of(lookup, null);
    JsonNode results = anyone.get(query).body().path("results");
    assertThat(results.propertyNames()).containsExactly("408709785");
    JsonNode app = results.path("408709785");
    assertThat(app.path("bundleId").stringValue()).isEqualTo("com.example.fieldnotes");
    assertThat(app.path("name").stringValue()).isEqualTo("Field Notes");
    assertThat(app.path("url").stringValue()).contains("/gb/");
    assertThat(app.path("isVppDeviceBasedLicensingEnabled").booleanValue()).isTrue();
    Reply holder =
        anyone.send(
            anyone
                .request(query)
                .header("Cookie", "itvt=" + administration.issueToken(uId))
                .build());
    assertThat(holder.body().path("results").propertyNames())
        .containsExactlyInAnyOrder("408709785", "1600000001");
  }

  private List<String> numbers(String path) {
    return caller
        .get(path)
        .body()
        .path("assets")
        .valueStream()
        .map(asset -> asset.path("adamId").stringValue())
        .toList();
  }
}
