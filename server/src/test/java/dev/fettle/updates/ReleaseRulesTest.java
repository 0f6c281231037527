package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Refusal;
import dev.fettle.devices.SoftwareType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleaseRulesTest {

  @Test
  void plain_file_names_are_taken() {
    for (String name :
        List.of(
            "fw-1.3.0.swu", "a", "Übung (2).raucb", "x.tar.gz", "name with blanks.bin", "日本.swu")) {
      assertThatCode(() -> ReleaseRules.checkFileName(name)).doesNotThrowAnyException();
    }
  }

  @Test
  void names_that_could_mean_another_place_are_refused() {
    for (String name :
        List.of(
            "",
            " ",
            ".",
            "..",
            "../fw.swu",
            "..\\fw.swu",
            "a/b",
            "a\\b",
            "/etc/passwd",
            "C:fw.swu",
            ".hidden",
            "-rf",
            "fw.swu ",
            " fw.swu",
            "fw.swu.",
            "fw\u0000.swu",
            "fw\n.swu",
            "fw\u202Eswu.exe",
            "fw\u2028.swu",
            "a%2fb",
            "fw.swu.MD5SUM",
            "fw?.swu",
            "\"fw\"",
            "a;b",
            "x".repeat(201),
            "ü".repeat(101),
            "\uD800")) {
      assertThatThrownBy(() -> ReleaseRules.checkFileName(name))
          .as("%s", name)
          .isInstanceOf(Refusal.class);
    }
  }

  private static Release audience(List<String> types, List<String> models) {
    return new Release(SoftwareType.FIRMWARE, "1.0", null, types, models);
  }

  @Test
  void audiences_overlap_unless_a_list_keeps_them_apart() {
    Release everybody = audience(List.of(), List.of());
    Release bars = audience(List.of("collaborationBar"), List.of());
    Release rooms = audience(List.of("teamsRoom"), List.of());
    Release oneBar = audience(List.of("collaborationBar"), List.of("vc210"));
    Release otherBar = audience(List.of("collaborationBar"), List.of("a20"));
    assertThat(everybody.overlaps(oneBar)).isTrue();
    assertThat(bars.overlaps(oneBar)).isTrue();
    assertThat(bars.overlaps(rooms)).isFalse();
    assertThat(oneBar.overlaps(otherBar)).isFalse();
  }

  @Test
  void models_are_kept_in_lower_case_and_once() {
    assertThat(ReleaseRules.models(List.of("VC210", "vc210 ", "A20")))
        .containsExactly("vc210", "a20");
    assertThatThrownBy(() -> ReleaseRules.models(List.of(" "))).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> ReleaseRules.models(List.of("m".repeat(129))))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void announced_hashes_are_compared_and_strange_algorithms_passed_over() {
    Content hello =
        new Content(
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
            "5d41402abc4b2a76b9719d911017c592",
            "hello".getBytes(StandardCharsets.UTF_8).length);
    String sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    assertThatCode(
            () ->
                ExpectedHashes.of("sha-256=:" + sha256 + ":, x=:AA==:", null, "SHA-256=" + sha256)
                    .check(hello))
        .doesNotThrowAnyException();
    assertThatCode(() -> ExpectedHashes.of(null, null, "md5=XUFAKrxLKna5cZ2REBfFkg==").check(hello))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                ExpectedHashes.of(null, "sha-256=:" + sha256.replace('L', 'M') + ":", null)
                    .check(hello))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("not the announced one");
    for (String unreadable : List.of("sha-256", "sha-256=abc", "sha-256=:abc", "sha-256=:&:")) {
      assertThatThrownBy(() -> ExpectedHashes.of(unreadable, null, null))
          .isInstanceOf(Refusal.class);
    }
  }
}
