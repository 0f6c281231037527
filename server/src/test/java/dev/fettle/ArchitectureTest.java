package dev.fettle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The borders of the house, read off the compiled classes. A new arrow is a reviewed change of
 * {@link #ARROWS} with its reason beside it.
 */
class ArchitectureTest {

  private static final Path CLASSES = Path.of("target", "classes");

  private static final Set<String> PLUMBING = Set.of("jobs", "http", "db", "json", "base");
  private static final Set<String> PROTOCOL = Set.of("graph", "audit", "identity");
  private static final Set<String> CAPABILITIES =
      Set.of("devices", "updates", "ddi", "directory", "teams", "vpp", "admin");

  /**
   * Room to the rooms that it may use, beside itself. Rooms are the packages right below
   * dev.fettle.
   */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          Map.entry("json", Set.of("base")),
          Map.entry("db", Set.of("base", "json")),
          Map.entry("http", Set.of("base", "json")),
          Map.entry("jobs", Set.of("base", "json", "db")),
          Map.entry("identity", with(PLUMBING)),
          // An audit entry names the caller.
          Map.entry("audit", with(PLUMBING, "identity")),
          // Permissions of a row are held against the caller.
          Map.entry("graph", with(PLUMBING, "identity")),
          Map.entry("devices", with(PLUMBING, PROTOCOL)),
          // A release is offered to the devices that it fits; an operation is of one device.
          Map.entry("updates", with(PLUMBING, PROTOCOL, "devices")),
          // What a device is told comes from its operations; who it is, from the devices.
          Map.entry("ddi", with(PLUMBING, PROTOCOL, "updates", "devices")),
          Map.entry("directory", with(PLUMBING, PROTOCOL)),
          // Installations hang on users, chats and teams.
          Map.entry("teams", with(PLUMBING, PROTOCOL, "directory")),
          Map.entry("vpp", with(PLUMBING, PROTOCOL)),
          // Audit and identity lie below graph and cannot offer rows of their own.
          Map.entry("admin", with(PLUMBING, PROTOCOL)),
          // The command line offers the agent's and the simulator's commands.
          Map.entry("app", with(PLUMBING, PROTOCOL, CAPABILITIES, "agent", "simulator")));

  /**
   * Package to the packages of the same room that it may use, for rooms that are divided. What
   * stands above a room may use any package of it.
   */
  private static final Map<String, Set<String>> INNER_ARROWS =
      Map.ofEntries(
          Map.entry("db", Set.of()),
          Map.entry("db.embedded", Set.of("db")),
          Map.entry("graph.schema", Set.of()),
          Map.entry("graph.query", Set.of("graph.schema")),
          Map.entry("graph", Set.of("graph.query", "graph.schema")),
          Map.entry("teams.packages", Set.of()),
          Map.entry("teams", Set.of("teams.packages")),
          Map.entry("vpp.apple", Set.of()),
          Map.entry("vpp", Set.of("vpp.apple")),
          Map.entry("app.settings", Set.of()),
          Map.entry("app", Set.of("app.settings")));

  /**
   * Types that other packages may see, those within other types not counted. This number goes down
   * only: who needs one more shows that another can be hidden.
   */
  private static final int VISIBLE_TYPES = 180;

  private record Compiled(String name, ClassModel model, Set<String> uses) {
    String room() {
      return roomOf(name);
    }

    String simpleName() {
      return name.substring(name.lastIndexOf('/') + 1);
    }
  }

  private static final List<Compiled> COMPILED = new ArrayList<>();

  @BeforeAll
  static void readClasses() throws IOException {
    if (!COMPILED.isEmpty()) {
      return;
    }
    try (Stream<Path> tree = Files.walk(CLASSES)) {
      for (Path file : tree.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel model = ClassFile.of().parse(file);
        COMPILED.add(new Compiled(model.thisClass().asInternalName(), model, uses(model)));
      }
    }
  }

  @Test
  void rooms_use_only_the_rooms_below_them() {
    Set<String> wrong = new TreeSet<>();
    for (Compiled type : COMPILED) {
      Set<String> allowed = ARROWS.get(type.room());
      if (allowed == null) {
        wrong.add("no row for the room " + type.room());
        continue;
      }
      for (String used : type.uses()) {
        String room = roomOf(used);
        if (used.startsWith("dev/fettle/")
            && !room.equals(type.room())
            && !allowed.contains(room)) {
          wrong.add(type.name() + " uses " + used);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void packages_of_a_divided_room_use_only_those_below_them() {
    Set<String> divided = new TreeSet<>();
    for (Compiled type : COMPILED) {
      if (packageOf(type.name()).contains(".")) {
        divided.add(type.room());
      }
    }
    Set<String> wrong = new TreeSet<>();
    for (Compiled type : COMPILED) {
      if (!divided.contains(type.room())) {
        continue;
      }
      String own = packageOf(type.name());
      Set<String> allowed = INNER_ARROWS.get(own);
      if (allowed == null) {
        wrong.add("no row for the package " + own);
        continue;
      }
      for (String used : type.uses()) {
        if (used.startsWith("dev/fettle/")
            && roomOf(used).equals(type.room())
            && !packageOf(used).equals(own)
            && !allowed.contains(packageOf(used))) {
          wrong.add(type.name() + " uses " + used);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void rooms_do_not_use_each_other_in_circles() {
    for (Map<String, Set<String>> arrows : List.of(ARROWS, INNER_ARROWS)) {
      arrows.forEach(
          (room, below) -> assertThat(reached(arrows, below)).as(room).doesNotContain(room));
    }
  }

  /** Those rooms and all that they may use, at whatever distance. */
  private static Set<String> reached(Map<String, Set<String>> arrows, Set<String> rooms) {
    Set<String> reached = new TreeSet<>();
    List<String> open = new ArrayList<>(rooms);
    while (!open.isEmpty()) {
      String room = open.removeLast();
      if (reached.add(room)) {
        open.addAll(arrows.getOrDefault(room, Set.of()));
      }
    }
    return reached;
  }

  @Test
  void more_types_are_private_to_their_package_than_not_and_each_change_hides_more() {
    List<Compiled> types =
        COMPILED.stream()
            .filter(type -> !type.simpleName().contains("$"))
            .filter(type -> !type.simpleName().equals("package-info"))
            .toList();
    long visible =
        types.stream().filter(type -> type.model().flags().has(AccessFlag.PUBLIC)).count();
    assertThat(visible).as("types that other packages may see").isEqualTo(VISIBLE_TYPES);
    assertThat(types.size() - visible).isGreaterThan(visible);
  }

  @Test
  void only_stores_and_the_database_room_know_jdbc() {
    assertThat(
            COMPILED.stream()
                .filter(type -> !type.room().equals("db"))
                .filter(type -> !type.simpleName().contains("Store"))
                .filter(type -> type.uses().stream().anyMatch(use -> use.startsWith("java/sql/")))
                .map(Compiled::name))
        .isEmpty();
  }

  @Test
  void the_http_library_is_visible_in_one_room() {
    assertThat(
            COMPILED.stream()
                .filter(type -> type.uses().stream().anyMatch(use -> use.startsWith("io/netty/")))
                .map(Compiled::room)
                .distinct())
        .containsExactly("http");
  }

  @Test
  void the_environment_is_read_by_the_application_only() {
    assertThat(
            COMPILED.stream()
                .filter(type -> !type.room().equals("app"))
                .filter(type -> strings(type.model()).contains("getenv"))
                .map(Compiled::name))
        .isEmpty();
  }

  @Test
  void a_table_is_written_by_the_room_whose_name_it_bears() {
    Pattern write =
        Pattern.compile("(?i)\\b(?:insert\\s+into|update|delete\\s+from)\\s+([a-z]+)_[a-z_]+");
    Set<String> wrong = new TreeSet<>();
    for (Compiled type : COMPILED) {
      for (String text : strings(type.model())) {
        Matcher matcher = write.matcher(text);
        while (matcher.find()) {
          String owner = matcher.group(1);
          if (ARROWS.containsKey(owner) && !owner.equals(type.room())) {
            wrong.add(type.name() + " writes a table of " + owner);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_package_says_what_it_is_for() throws IOException {
    try (Stream<Path> tree = Files.walk(Path.of("src", "main", "java"))) {
      List<Path> silent =
          tree.filter(path -> path.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertThat(silent).isEmpty();
    }
  }

  private static String roomOf(String internalName) {
    String[] parts = internalName.split("/", 4);
    return parts.length < 3 ? "" : parts[2];
  }

  /** The package below dev.fettle. */
  private static String packageOf(String internalName) {
    int start = "dev/fettle/".length();
    int end = internalName.lastIndexOf('/');
    return end < start ? "" : internalName.substring(start, end).replace('/', '.');
  }

  private static Set<String> uses(ClassModel model) {
    Set<String> uses = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry used) {
        ClassDesc type = used.asSymbol();
        while (type.isArray()) {
          type = type.componentType();
        }
        uses.add(internalName(type.descriptorString()));
      } else if (entry instanceof Utf8Entry text && text.stringValue().contains("Ldev/fettle/")) {
        Matcher matcher = Pattern.compile("L(dev/fettle/[\\w/$]+)[;<]").matcher(text.stringValue());
        while (matcher.find()) {
          uses.add(matcher.group(1));
        }
      }
    }
    return uses;
  }

  private static String internalName(String descriptor) {
    return descriptor.startsWith("L")
        ? descriptor.substring(1, descriptor.length() - 1)
        : descriptor;
  }

  private static List<String> strings(ClassModel model) {
    List<String> strings = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof Utf8Entry text) {
        strings.add(text.stringValue());
      }
    }
    return strings;
  }

  private static Set<String> with(Set<String> rooms, Object... more) {
    Set<String> all = new TreeSet<>(rooms);
    for (Object one : more) {
      if (one instanceof Set<?> set) {
        set.forEach(room -> all.add((String) room));
      } else {
        all.add((String) one);
      }
    }
    return Set.copyOf(all);
  }
}
