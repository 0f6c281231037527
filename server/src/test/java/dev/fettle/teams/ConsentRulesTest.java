package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsentRulesTest {

  private static final List<String> POOL =
      List.of(
          "A.Read.User application",
          "A.Read.User delegated",
          "B.Read.Chat application",
          "B.Read.Chat delegated",
          "C.Read.Group application",
          "C.Read.Group delegated",
          "D.Read.Tomorrow application");
  private static final List<String> FAMILIES =
      List.of(
          "TeamsAppInstallation.ReadWriteSelfFor",
          "TeamsAppInstallation.ReadWriteFor",
          "TeamsAppInstallation.ReadWriteAndConsentSelfFor",
          "TeamsAppInstallation.ReadWriteAndConsentFor",
          "TeamsAppInstallation.ManageSelectedFor",
          "Chat.Manage.Chat");

  @Provide
  Arbitrary<Set<String>> permissions() {
    return Arbitraries.of(POOL).set().ofMaxSize(4);
  }

  @Provide
  Arbitrary<Set<String>> families() {
    return Arbitraries.of(FAMILIES).set().ofMinSize(1).ofMaxSize(2);
  }

  @Property(tries = 4000)
  void the_rules_agree_with_a_naive_model(
      @ForAll OwnerKind kind,
      @ForAll("permissions") Set<String> required,
      @ForAll("permissions") Set<String> other,
      @ForAll("permissions") Set<String> before,
      @ForAll("families") Set<String> families,
      @ForAll boolean own,
      @ForAll boolean application,
      @ForAll boolean member,
      @ForAll boolean enabled) {
    for (int sent = 0; sent < 4; sent++) {
      Set<String> given =
          switch (sent) {
            case 0 -> null;
            case 1 -> required;
            case 2 -> naivePart(required, kind);
            default -> other;
          };
      ConsentRequest request =
          new ConsentRequest(
              kind,
              "1.0.0",
              set(required),
              set(before),
              given == null ? null : set(given),
              Authority.of(families),
              own,
              application,
              member,
              enabled);

      String expected =
          naive(kind, required, before, given, families, own, application, member, enabled);

      assertThat(word(ConsentRules.decide(request))).isEqualTo(expected);
    }
  }

  /** The rules once more, in the plainest words, over texts. */
  private static String naive(
      OwnerKind kind,
      Set<String> required,
      Set<String> before,
      @Nullable Set<String> given,
      Set<String> families,
      boolean own,
      boolean application,
      boolean member,
      boolean enabled) {
    Set<String> part = naivePart(required, kind);
    boolean needs =
        part.stream().anyMatch(one -> one.endsWith(" application") && !before.contains(one));
    if (needs && !enabled) {
      return "SwitchedOff";
    }
    boolean can = false;
    for (String family : families) {
      if (family.contains("AndConsentFor") || family.contains("ManageSelected")) {
        can = true;
      }
      if (family.contains("AndConsentSelf") && own) {
        can = true;
      }
    }
    if (needs && !can) {
      return "CannotConsent";
    }
    if (needs && !application && !member) {
      return "NotPartOfOwner";
    }
    if (given == null) {
      return needs ? "ConsentMissing" : "Accepted" + new TreeSet<>(part);
    }
    if (given.equals(required) || given.equals(part)) {
      return "Accepted" + new TreeSet<>(part);
    }
    return "ConsentDiffers";
  }

  private static Set<String> naivePart(Set<String> permissions, OwnerKind kind) {
    Set<String> part = new TreeSet<>();
    for (String one : permissions) {
      boolean elsewhere =
          (one.contains(".User ") && kind != OwnerKind.USER)
              || (one.contains(".Chat ") && kind != OwnerKind.CHAT)
              || (one.contains(".Group ") && kind != OwnerKind.TEAM);
      if (!elsewhere) {
        part.add(one);
      }
    }
    return part;
  }

  private static String word(ConsentDecision decision) {
    return switch (decision) {
      case ConsentDecision.Accepted(PermissionSet consented) ->
          "Accepted"
              + new TreeSet<>(
                  consented.permissions().stream()
                      .map(one -> one.value() + " " + one.type().text())
                      .toList());
      case ConsentDecision.Refused refused -> {
        assertThat(refused.reason().message()).isNotBlank();
        yield refused.getClass().getSimpleName();
      }
    };
  }

  private static PermissionSet set(Set<String> texts) {
    List<Permission> permissions = new ArrayList<>();
    for (String text : texts) {
      String[] words = text.split(" ");
      permissions.add(
          new Permission(
              words[0],
              words[1].equals("application")
                  ? Permission.Type.APPLICATION
                  : Permission.Type.DELEGATED));
    }
    return PermissionSet.of(permissions);
  }

  /** Consent was asked for again at each upgrade, whatever the installation had agreed to. */
  @Test
  void what_was_consented_to_is_not_asked_for_again() {
    for (String family : FAMILIES) {
      ConsentRequest upgrade =
          new ConsentRequest(
              OwnerKind.CHAT,
              "2.0.0",
              set(Set.of("B.Read.Chat application", "B.Read.Chat delegated")),
              set(Set.of("B.Read.Chat application", "C.Read.Group application")),
              null,
              Authority.of(Set.of(family)),
              true,
              false,
              false,
              false);
      assertThat(ConsentRules.decide(upgrade))
          .isEqualTo(new ConsentDecision.Accepted(upgrade.part()));
    }
  }

  @Test
  void self_permissions_reach_the_own_app_only() {
    Authority self = Authority.of(Set.of("TeamsAppInstallation.ReadWriteSelfForUser"));
    assertThat(self.reaches(true)).isTrue();
    assertThat(self.reaches(false)).isFalse();
    assertThat(ConsentRules.ownApp("ABC", "abc")).isTrue();
    assertThat(ConsentRules.ownApp("abc", null)).isFalse();
  }
}
