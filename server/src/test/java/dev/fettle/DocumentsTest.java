package dev.fettle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.ClientCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documents of the repository promise about themselves. */
class DocumentsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>");
  private static final Pattern RECIPE =
      Pattern.compile("Printed by `./fettle client (\\w+)`:\n\n```\\w+\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  @Test
  void each_direct_dependency_has_its_reason_written_down() throws IOException {
    String reasons = Files.readString(ROOT.resolve("docs/dependencies.md"));
    Set<String> silent = new TreeSet<>();
    for (String module : List.of("agent", "simulator", "server", "compat", "bench")) {
      Matcher matcher =
          DEPENDENCY.matcher(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
      while (matcher.find()) {
        String artifact = matcher.group(2);
        // Binaries of one release for several machines share a line.
        String named = artifact.replaceAll("-(amd64|arm64v8)$", "-");
        if (!matcher.group(1).equals("dev.fettle") && !reasons.contains(named)) {
          silent.add(module + ": " + artifact);
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void the_page_of_clients_names_each_kind_and_shows_what_the_command_prints() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/clients.md"));
    try (Stream<Path> snippets = Files.list(Path.of("src/main/resources/snippets"))) {
      assertThat(snippets.map(file -> file.getFileName().toString().replace(".txt", "")))
          .allSatisfy(kind -> assertThat(page).contains("`./fettle client " + kind + "`"));
    }
    Matcher recipe = RECIPE.matcher(page);
    assertThat(recipe.results())
        .isNotEmpty()
        .allSatisfy(shown -> assertThat(shown.group(2)).isEqualTo(printed(shown.group(1))));
  }

  private static String printed(String kind) {
    StringWriter out = new StringWriter();
    new CommandLine(new ClientCommand()).setOut(new PrintWriter(out)).execute(kind);
    return out.toString();
  }

  @Test
  void decisions_have_numbers_of_their_own_and_the_five_parts() throws IOException {
    Set<String> numbers = new TreeSet<>();
    for (Path page : markdown(ROOT.resolve("docs/decisions"))) {
      String number = page.getFileName().toString().substring(0, 4);
      assertThat(numbers.add(number)).as("number of %s", page).isTrue();
      assertThat(Files.readString(page))
          .as(page.toString())
          .startsWith("# " + number + " ")
          .contains("Status: ", "## Context", "## Decision", "## Consequences", "## Alternatives");
    }
  }

  @Test
  void links_between_documents_lead_somewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    List<Path> pages = new ArrayList<>(markdown(ROOT.resolve("docs")));
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    for (Path page : pages) {
      // Code is no text: Go writes type parameters as links are written.
      String text = Files.readString(page).replaceAll("(?s)```.*?```", "");
      Matcher matcher = LINK.matcher(text);
      while (matcher.find()) {
        if (!Files.exists(page.resolveSibling(matcher.group(1)))) {
          broken.add(page + " to " + matcher.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static List<Path> markdown(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(file -> file.toString().endsWith(".md")).toList();
    }
  }
}
