package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.teams.packages.Capabilities;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WideningTest {

  private static final List<String> KINDS =
      List.of("bots", "composeExtensions", "staticTabs", "connectors", "copilotAgents");
  private static final List<String> SCOPES = List.of("personal", "team", "groupchat");

  /** A version as the rule sees it. */
  private record Version(PermissionSet part, Capabilities capabilities) {

    /** All that it can do, one text for each. */
    Set<String> powers() {
      Set<String> powers = new TreeSet<>();
      for (Permission one : part.permissions()) {
        boolean application = one.type() == Permission.Type.APPLICATION;
        powers.add(one + (application ? " of " + capabilities.registration() : ""));
      }
      capabilities.bots().forEach(bot -> powers.add("bot " + bot));
      if (capabilities.registration() != null) {
        powers.add("registration " + capabilities.registration());
      }
      capabilities
          .scopes()
          .forEach(
              (kind, scopes) -> {
                powers.add(kind);
                scopes.forEach(scope -> powers.add(kind + " in " + scope));
              });
      if (capabilities.calling()) {
        powers.add("calling");
      }
      if (capabilities.video()) {
        powers.add("video");
      }
      if (capabilities.files()) {
        powers.add("files");
      }
      if (capabilities.scopes().containsKey("bots") && !capabilities.notificationOnly()) {
        powers.add("listens");
      }
      return powers;
    }
  }

  @Provide
  Arbitrary<Version> versions() {
    return Arbitraries.randomValue(random -> version(random, 3));
  }

  /** Less likely means fewer abilities. */
  private static Version version(Random random, int likely) {
    List<Permission> permissions = new ArrayList<>();
    for (String name : List.of("A.Read.Chat", "B.Read.Chat")) {
      for (Permission.Type type : Permission.Type.values()) {
        if (random.nextInt(likely) > 0) {
          permissions.add(new Permission(name, type));
        }
      }
    }
    Map<String, Set<String>> scopes = new TreeMap<>();
    for (String kind : KINDS) {
      if (random.nextInt(likely) > 0) {
        scopes.put(kind, some(random, SCOPES, likely));
      }
    }
    return new Version(
        PermissionSet.of(permissions),
        new Capabilities(
            random.nextInt(likely) > 0 ? "r" + random.nextInt(2) : null,
            some(random, List.of("b1", "b2"), likely),
            scopes,
            random.nextInt(likely) > 0,
            random.nextInt(likely) > 0,
            random.nextInt(likely) > 0,
            random.nextBoolean()));
  }

  private static Set<String> some(Random random, List<String> all, int likely) {
    Set<String> some = new TreeSet<>(all);
    some.removeIf(one -> random.nextInt(likely) == 0);
    return some;
  }

  @Property(tries = 4000)
  void whatever_can_do_more_waits_and_nothing_else_does(
      @ForAll("versions") Version from, @ForAll("versions") Version other, @ForAll Random random) {
    for (Version to : List.of(other, from, lessOf(from, random), lessOf(other, random))) {
      assertThat(between(from, to).isEmpty())
          .as("%s%n%s", from.powers(), to.powers())
          .isEqualTo(from.powers().containsAll(to.powers()));
    }
  }

  private static List<Widening> between(Version from, Version to) {
    return Widening.between(from.part(), from.capabilities(), to.part(), to.capabilities());
  }

  /** The version without some of its abilities. */
  private static Version lessOf(Version version, Random random) {
    Capabilities all = version.capabilities();
    Map<String, Set<String>> scopes = new TreeMap<>();
    all.scopes()
        .forEach(
            (kind, some) -> {
              if (random.nextInt(4) > 0) {
                scopes.put(kind, some(random, List.copyOf(some), 4));
              }
            });
    List<Permission> permissions = new ArrayList<>(version.part().permissions());
    permissions.removeIf(one -> random.nextInt(4) == 0);
    return new Version(
        PermissionSet.of(permissions),
        new Capabilities(
            random.nextInt(4) == 0 ? null : all.registration(),
            some(random, List.copyOf(all.bots()), 4),
            scopes,
            all.calling() && random.nextInt(4) > 0,
            all.video() && random.nextInt(4) > 0,
            all.files() && random.nextInt(4) > 0,
            all.notificationOnly()));
  }

  @Test
  void each_change_has_its_own_name() {
    Capabilities bot = capabilities("r", Map.of("bots", Set.of("personal")), true);
    assertThat(widened(bot, capabilities("r", Map.of("bots", Set.of("personal")), false)))
        .containsExactly(Widening.NOTIFICATION_ONLY_DROPPED);
    assertThat(widened(bot, capabilities("r", Map.of("bots", Set.of("personal", "team")), true)))
        .containsExactly(Widening.CAPABILITY_ADDED);
    assertThat(widened(bot, capabilities("s", Map.of("bots", Set.of("personal")), true)))
        .containsExactly(Widening.REGISTRATION_CHANGED);
    assertThat(
            widened(
                bot,
                capabilities(
                    "r",
                    Map.of("bots", Set.of("personal"), "composeExtensions", Set.of("team")),
                    true)))
        .containsExactly(Widening.MESSAGING_EXTENSION_ADDED);
    assertThat(
            widened(
                bot,
                new Capabilities("r", Set.of("b1", "b2"), bot.scopes(), true, true, true, true)))
        .containsExactly(
            Widening.BOT_ADDED, Widening.CALLING_ADDED, Widening.VIDEO_ADDED, Widening.FILES_ADDED);
    assertThat(widened(Capabilities.NONE, bot))
        .containsExactly(Widening.BOT_ADDED, Widening.REGISTRATION_CHANGED);
  }

  private static Capabilities capabilities(
      String registration, Map<String, Set<String>> scopes, boolean notificationOnly) {
    return new Capabilities(
        registration, Set.of("b1"), scopes, false, false, false, notificationOnly);
  }

  private static List<Widening> widened(Capabilities from, Capabilities to) {
    return Widening.between(PermissionSet.EMPTY, from, PermissionSet.EMPTY, to);
  }

  @Test
  void what_is_stored_is_read_as_it_was() {
    for (int seed = 0; seed < 100; seed++) {
      Capabilities one = version(new Random(seed), 2).capabilities();
      assertThat(CapabilitiesJson.read(CapabilitiesJson.write(one))).isEqualTo(one);
    }
  }
}
