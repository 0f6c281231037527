package dev.fettle.teams.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class AppPackageTest {

  private static final String ID = "b5561ec9-8cab-4aa3-8aa2-d8d7172e4311";
  private static final AppPackage.Reader READER = new AppPackage.Reader();
  private static final String CLIENT = "9fc97ea2-c417-4c76-a2db-197612067b28";

  @Test
  void a_right_package_answers_what_the_catalogue_needs() {
    ObjectNode manifest =
        Manifests.with(
            Manifests.plain(ID, "1.2.3"),
            CLIENT,
            "Channel.Create.Group",
            "Application",
            "ChannelMeetingStage.Write.Group",
            "Delegated");
    manifest.putArray("bots").addObject().put("botId", CLIENT).putArray("scopes").add("team");

    AppPackage opened = open(PackageWriter.write(manifest));

    Manifest read = opened.manifest();
    assertThat(read.externalId()).isEqualTo(ID);
    assertThat(read.version().text()).isEqualTo("1.2.3");
    assertThat(read.displayName()).isEqualTo("Test App");
    assertThat(read.clientAppId()).isEqualTo(CLIENT);
    assertThat(read.botId()).isEqualTo(CLIENT);
    assertThat(read.installationScopes()).containsExactlyInAnyOrder("team", "personal");
    assertThat(read.required().permissions())
        .containsExactly(
            new Permission("Channel.Create.Group", Permission.Type.APPLICATION),
            new Permission("ChannelMeetingStage.Write.Group", Permission.Type.DELEGATED));
  }

  @Test
  void old_manifests_declare_application_permissions_with_the_registration() {
    ObjectNode manifest = Manifests.plain(ID, "1.0");
    manifest.put("manifestVersion", "1.8").put("packageName", "com.contoso.app");
    manifest
        .putObject("webApplicationInfo")
        .put("id", CLIENT)
        .put("resource", "https://x")
        .putArray("applicationPermissions")
        .add("ChannelMessage.Read.Group");

    assertThat(open(PackageWriter.write(manifest)).manifest().required().permissions())
        .containsExactly(new Permission("ChannelMessage.Read.Group", Permission.Type.APPLICATION));
  }

  @Test
  void every_finding_is_in_one_answer_in_the_documented_words() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    manifest.remove("name");
    ((ObjectNode) manifest.get("developer")).put("websiteUrl", "hs://www.yo.com");

    Reason.Nested reason = refused(PackageWriter.write(manifest));

    assertThat(reason.message())
        .isEqualTo(
            "name | Required properties are missing from object: [].; developer.websiteUrl | String"
                + " \"hs://www.yo.com\" does not match regex pattern"
                + " \"^[Hh][Tt][Tt][Pp][Ss]?://\".");
    assertThat(reason.details())
        .containsExactlyInAnyOrder(
            new Reason.Detail(
                "SchemaError_Required", "Required properties are missing from object: [].", "name"),
            new Reason.Detail(
                "SchemaError_Pattern",
                "String \"hs://www.yo.com\" does not match regex pattern"
                    + " \"^[Hh][Tt][Tt][Pp][Ss]?://\".",
                "developer.websiteUrl"));
  }

  @Test
  void seventeen_permissions_are_one_more_than_the_schema_allows() {
    String[] many = new String[34];
    for (int i = 0; i < 17; i++) {
      many[2 * i] = "Thing%d.Read.Chat".formatted(i);
      many[2 * i + 1] = "Application";
    }
    assertThat(
            codes(PackageWriter.write(Manifests.with(Manifests.plain(ID, "1.0.0"), CLIENT, many))))
        .containsExactly("SchemaError_MaximumItems");
  }

  @Test
  void permissions_need_no_registration_but_a_registration_needs_a_resource() {
    ObjectNode manifest =
        Manifests.with(Manifests.plain(ID, "1.0.0"), CLIENT, "A.Read.Chat", "Application");
    manifest.remove("webApplicationInfo");
    // The published schemas accept it, and toolkits make such manifests; it was a finding.
    Manifest accepted = open(PackageWriter.write(manifest)).manifest();
    assertThat(accepted.required().permissions()).hasSize(1);
    assertThat(accepted.clientAppId()).isNull();
    manifest.putObject("webApplicationInfo").put("id", CLIENT);
    assertThat(targets(PackageWriter.write(manifest)))
        .containsExactly("webApplicationInfo.resource");
  }

  @Test
  void what_an_app_can_do_is_read_from_its_manifest() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    manifest.putObject("webApplicationInfo").put("id", CLIENT.toUpperCase(Locale.ROOT));
    ObjectNode bot = manifest.putArray("bots").addObject().put("botId", CLIENT);
    bot.put("supportsFiles", true).put("supportsVideo", false).put("isNotificationOnly", true);
    bot.putArray("scopes").add("groupChat").add("personal");
    manifest.putArray("composeExtensions").addObject().put("botId", ID.toUpperCase(Locale.ROOT));
    manifest.putObject("meetingExtensionDefinition");
    manifest
        .putObject("activities")
        .putArray("activityTypes")
        .addObject()
        .put("type", "taskCreated")
        .put("description", "A task")
        .put("templateText", "{actor} created task {taskId}");

    Manifest read = open(PackageWriter.write(manifest)).manifest();

    assertThat(read.capabilities())
        .isEqualTo(
            new Capabilities(
                CLIENT.toLowerCase(Locale.ROOT),
                Set.of(CLIENT.toLowerCase(Locale.ROOT), ID.toLowerCase(Locale.ROOT)),
                Map.of(
                    "bots",
                    Set.of("groupchat", "personal"),
                    "composeExtensions",
                    Set.of("groupchat", "personal", "team"),
                    "meetingExtensionDefinition",
                    Set.of(),
                    "staticTabs",
                    Set.of("personal")),
                false,
                false,
                true,
                true));
    assertThat(read.activities())
        .containsExactly(Map.entry("taskCreated", "{actor} created task {taskId}"));
    bot.put("supportsCalling", "yes");
    assertThat(targets(PackageWriter.write(manifest))).containsExactly("bots[0].supportsCalling");
  }

  @Test
  void a_member_of_a_later_schema_is_not_known_to_an_earlier_one() {
    ObjectNode manifest =
        Manifests.with(Manifests.plain(ID, "1.0.0"), CLIENT, "A.Read.Chat", "Application");
    manifest.put("manifestVersion", "1.11");
    assertThat(codes(PackageWriter.write(manifest)))
        .containsExactly("SchemaError_AdditionalProperties");
    manifest.put("manifestVersion", "1.18");
    assertThat(codes(PackageWriter.write(manifest))).containsExactly("SchemaError_Const");
  }

  @Test
  void each_version_of_the_schema_takes_a_plain_manifest() {
    List<String> versions = new ArrayList<>(List.of("devPreview"));
    for (int minor = 0; minor <= 30; minor++) {
      if (minor != 18) {
        versions.add("1." + minor);
      }
    }
    for (String version : versions) {
      ObjectNode manifest = Manifests.plain(ID, "1.0.0");
      manifest.put("manifestVersion", version);
      if (version.matches("1\\.[0-4]")) {
        assertThat(targets(PackageWriter.write(manifest)))
            .as(version)
            .containsExactly("packageName");
        manifest.put("packageName", "com.contoso.app");
      }
      assertThat(open(PackageWriter.write(manifest)).manifest().displayName())
          .as(version)
          .isEqualTo("Test App");
    }
  }

  @Test
  void of_endless_findings_only_the_first_are_kept() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    for (int i = 0; i < 40_000; i++) {
      manifest.put("unknown" + i, i);
    }
    assertThat(refused(PackageWriter.write(manifest)).details()).hasSize(200);
    for (int i = 0; i < 20_000; i++) {
      manifest.put("more" + i, i);
    }
    assertThat(codes(PackageWriter.write(manifest)))
        .containsExactly("Serialization_FileNotValidJson");
  }

  /** 50,000 texts with equal hashes in a package of 2 MiB kept a processor busy for 26 seconds. */
  @Test
  void a_list_that_is_too_long_is_not_searched_for_doubles() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    ArrayNode tabs = manifest.putArray("staticTabs");
    for (int i = 0; i < 2; i++) {
      tabs.add("twice");
    }
    assertThat(codes(PackageWriter.write(manifest)))
        .contains("SchemaError_UniqueItems")
        .doesNotContain("SchemaError_MaximumItems");
    for (int i = 0; i < 15; i++) {
      tabs.add("tab " + i);
    }
    assertThat(codes(PackageWriter.write(manifest)))
        .contains("SchemaError_MaximumItems")
        .doesNotContain("SchemaError_UniqueItems");
  }

  @Test
  void null_is_no_value_and_scopes_are_spelt_as_the_version_spells_them() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    manifest.putNull("bots").putNull("webApplicationInfo").put("defaultInstallScope", "groupchat");
    manifest.putArray("connectors").addObject().putArray("scopes").add("TEAM");
    assertThat(refused(PackageWriter.write(manifest)).details())
        .extracting(detail -> detail.target() + " " + detail.code())
        .containsExactlyInAnyOrder(
            "bots SchemaError_Type",
            "webApplicationInfo SchemaError_Type",
            "connectors[0].connectorId SchemaError_Required",
            "connectors[0].scopes[0] SchemaError_Enum");
    manifest.remove(List.of("bots", "webApplicationInfo", "connectors"));
    assertThat(open(PackageWriter.write(manifest)).manifest()).isNotNull();
    manifest.put("manifestVersion", "1.17");
    assertThat(targets(PackageWriter.write(manifest))).containsExactly("defaultInstallScope");
  }

  @Test
  void versions_are_two_or_three_numbers_and_do_not_start_with_zero() {
    assertThat(codes(PackageWriter.write(Manifests.plain(ID, "1.0.0-beta"))))
        .containsExactly("VersionContainsOnlyNumbersDotSeparated");
    assertThat(codes(PackageWriter.write(Manifests.plain(ID, ""))))
        .containsExactly("VersionCannotBeEmpty");
    assertThat(codes(PackageWriter.write(Manifests.plain(ID, "0.1"))))
        .containsExactly("VersionHasMajorLessThan1");
    assertThat(open(PackageWriter.write(Manifests.plain(ID, "2.5"))).manifest()).isNotNull();
  }

  @Test
  void icons_have_their_sizes_and_the_outline_is_white_on_nothing() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    files.put("color.png", PackageWriter.png(96, 0xff000000));
    files.put("outline.png", PackageWriter.png(32, 0xff102030));
    Reason.Nested reason = refused(PackageWriter.zip(files));
    assertThat(reason.details())
        .extracting(Reason.Detail::code)
        .containsExactly("InvalidColorIconHeightAndWidth", "InvalidOutlineIconTransparency");
    assertThat(reason.message()).contains("alpha 255, R 16, G 32, B 48");
    files.put("outline.png", new byte[] {1, 2, 3});
    files.remove("color.png");
    assertThat(codes(PackageWriter.zip(files)))
        .containsExactly("Serialization_FileMissing", "InvalidOutlineIconHeightAndWidth");
  }

  @Test
  void a_folder_around_the_files_is_named() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    byte[] manifest = files.remove("manifest.json");
    files.put("app/manifest.json", manifest);
    assertThat(refused(PackageWriter.zip(files)).message()).contains("app/manifest.json");
  }

  @Test
  void broken_json_is_told_from_a_trailing_comma() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    files.put("manifest.json", "{\"a\":[1,],}".getBytes(StandardCharsets.UTF_8));
    assertThat(codes(PackageWriter.zip(files)))
        .containsExactly("Serialization_TrailingCommaInManifestJsonFile");
    files.put("manifest.json", "{\"a\":\",}\"".getBytes(StandardCharsets.UTF_8));
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Serialization_FileNotValidJson");
    files.put("manifest.json", "[1]".getBytes(StandardCharsets.UTF_8));
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Serialization_FileNotValidJson");
    files.put("manifest.json", "[".repeat(200_000).getBytes(StandardCharsets.UTF_8));
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Serialization_FileNotValidJson");
    files.put("manifest.json", "{}".getBytes(StandardCharsets.UTF_8));
    assertThat(codes(PackageWriter.zip(files)))
        .containsExactly("Serialization_ManifestVersionPropertyMissing");
  }

  @Test
  void bombs_end_in_a_finding_and_not_in_memory() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("manifest.json"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        zip.write(zeros);
      }
      zip.closeEntry();
    }
    byte[] bomb = out.toByteArray();
    Assertions.assertTimeout(
        Duration.ofSeconds(2), () -> assertThat(codes(bomb)).containsExactly("Package_TooLarge"));

    // The same bomb, lying about its size: the directory says ten bytes come out.
    int directory = indexOf(bomb, new byte[] {'P', 'K', 1, 2});
    bomb[directory + 24] = 10;
    bomb[directory + 25] = 0;
    bomb[directory + 26] = 0;
    bomb[directory + 27] = 0;
    Assertions.assertTimeout(
        Duration.ofSeconds(2), () -> assertThat(codes(bomb)).containsExactly("Package_Broken"));
  }

  @Test
  void a_file_that_packs_too_well_is_a_bomb_even_if_small_enough() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    files.put("data.bin", new byte[8 << 20]);
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Package_CompressionRatio");
  }

  @Test
  void too_many_entries_are_not_looked_at() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    for (int i = 0; i < 1_001; i++) {
      files.put("f" + i, new byte[0]);
    }
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Package_TooManyEntries");
  }

  @Test
  void path_tricks_and_folders_of_the_packer_are_refused() {
    for (String name :
        List.of(
            "../evil",
            "a/../../evil",
            "/etc/passwd",
            "C:evil",
            "a\\b",
            "a//b",
            "__MACOSX/x",
            "bad\u0001name")) {
      SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
      files.put(name, new byte[] {1});
      assertThat(codes(PackageWriter.zip(files))).as(name).containsExactly("Package_EntryPath");
    }
  }

  @Test
  void an_entry_that_is_there_twice_is_refused() {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    files.put("Manifest.json", new byte[] {1});
    assertThat(codes(PackageWriter.zip(files))).containsExactly("Package_DuplicateEntry");
    files.remove("Manifest.json");
    files.put("manifesu.json", new byte[] {1});
    byte[] zip = PackageWriter.zip(files);
    replaceAll(zip, "manifesu.json", "manifest.json");
    assertThat(codes(zip)).containsExactly("Package_DuplicateEntry");
  }

  @Test
  void an_entry_whose_own_name_differs_from_the_directory_is_refused() {
    byte[] zip = PackageWriter.write(Manifests.plain(ID, "1.0.0"));
    int local = indexOf(zip, "manifest.json".getBytes(StandardCharsets.UTF_8));
    zip[local] = 'n';
    assertThat(codes(zip)).containsExactly("Package_Broken");
  }

  @Test
  void what_is_no_archive_is_refused() {
    assertThat(codes(new byte[0])).containsExactly("Package_Broken");
    assertThat(codes(Json.bytes(Manifests.plain(ID, "1.0.0")))).containsExactly("Package_Broken");
  }

  @Property(tries = 300)
  void a_package_with_damaged_bytes_is_opened_or_refused_and_never_fails(
      @ForAll @IntRange(max = 100_000) int place, @ForAll byte value) {
    byte[] zip = PackageWriter.write(Manifests.plain(ID, "1.0.0"));
    zip[place % zip.length] = value;
    try {
      open(zip);
    } catch (Refusal refusal) {
      assertThat(refusal.reason()).isInstanceOf(Reason.Nested.class);
    }
  }

  @Property
  void versions_are_ordered_number_by_number(
      @ForAll @IntRange(max = 12) int a,
      @ForAll @IntRange(max = 12) int b,
      @ForAll @IntRange(max = 12) int c,
      @ForAll @IntRange(max = 12) int d) {
    Version one = new Version(a + "." + b);
    Version other = new Version(c + ".0" + d + ".0");
    int expected = a != c ? Integer.compare(a, c) : Integer.compare(b, d);
    assertThat(Integer.signum(one.compareTo(other))).isEqualTo(expected);
  }

  private static AppPackage open(byte[] zip) {
    return READER.open(zip);
  }

  private static Reason.Nested refused(byte[] zip) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> open(zip));
    assertThat(refusal).isNotNull();
    return (Reason.Nested) refusal.reason();
  }

  private static List<String> codes(byte[] zip) {
    return refused(zip).details().stream().map(Reason.Detail::code).toList();
  }

  private static List<String> targets(byte[] zip) {
    return refused(zip).details().stream().map(detail -> String.valueOf(detail.target())).toList();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private static void replaceAll(byte[] bytes, String from, String to) {
    byte[] wanted = from.getBytes(StandardCharsets.UTF_8);
    byte[] with = to.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        System.arraycopy(with, 0, bytes, i, with.length);
      }
    }
  }

  /** Half a surrogate pair was stored as a question mark: the app was called "?". */
  @Test
  void text_that_cannot_be_kept_is_a_finding() {
    for (String half : List.of("\\ud800", "a\\udc00", "\\ud83d\\ud83d\\ude00")) {
      String manifest =
          Json.text(Manifests.plain(ID, "1.0.0")).replace("\"Test App\"", "\"" + half + "\"");
      Refusal refusal =
          catchThrowableOfType(
              Refusal.class, () -> open(PackageWriter.zip(withManifest(manifest))));
      assertThat(refusal).hasMessageContaining("name.short | The text holds half of a surrogate");
    }
  }

  /** Only the first entry with something wrong was named, and the manifest was not looked at. */
  @Test
  void what_is_wrong_with_entries_and_with_the_manifest_is_told_together() {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    manifest.remove("accentColor");
    SequencedMap<String, byte[]> files = withManifest(Json.text(manifest));
    files.put("__MACOSX/._manifest.json", new byte[1]);
    files.put("../escape", new byte[1]);

    Refusal refusal = catchThrowableOfType(Refusal.class, () -> open(PackageWriter.zip(files)));

    assertThat(refusal)
        .hasMessageContaining("__MACOSX/._manifest.json | ")
        .hasMessageContaining("../escape | ")
        .hasMessageContaining("accentColor | Required");
  }

  /** The refusal spoke of the request's payload and its Content-Type, both of which were right. */
  @Test
  void a_manifest_that_is_no_json_is_named_and_not_the_request() {
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> open(PackageWriter.zip(withManifest("{'a':1}"))));
    assertThat(refusal)
        .hasMessage(
            "manifest.json | manifest.json cannot be read. It is not valid JSON. (line 1, column"
                + " 2)");
  }

  /** Scopes that came with a later schema passed in earlier ones. */
  @Test
  void scopes_are_those_that_the_schema_of_the_manifest_knows() {
    assertThat(scopesRefused("1.20", "bots", "botId", CLIENT, "copilot")).isTrue();
    assertThat(scopesRefused("1.21", "bots", "botId", CLIENT, "copilot")).isFalse();
    assertThat(scopesRefused("1.15", "staticTabs", "entityId", "x", "groupChat")).isTrue();
    assertThat(scopesRefused("1.16", "staticTabs", "entityId", "x", "groupChat")).isFalse();
    assertThat(scopesRefused("1.16", "bots", "botId", CLIENT, "groupchat")).isFalse();
    assertThat(scopesRefused("1.17", "bots", "botId", CLIENT, "groupchat")).isTrue();
    assertThat(scopesRefused("1.17", "bots", "botId", CLIENT, "Team")).isTrue();
  }

  private static boolean scopesRefused(
      String version, String list, String key, String value, String scope) {
    ObjectNode manifest = Manifests.plain(ID, "1.0.0");
    manifest.put("manifestVersion", version);
    manifest.putArray(list).addObject().put(key, value).putArray("scopes").add(scope);
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> open(PackageWriter.write(manifest)));
    return refusal != null
        && refusal.reason().message().contains(list + "[0].scopes[0] | Value \"" + scope);
  }

  private static SequencedMap<String, byte[]> withManifest(String text) {
    SequencedMap<String, byte[]> files = Manifests.files(Manifests.plain(ID, "1.0.0"));
    files.put("manifest.json", text.getBytes(StandardCharsets.UTF_8));
    return files;
  }
}
