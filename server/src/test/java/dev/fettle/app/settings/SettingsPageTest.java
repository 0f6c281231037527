package dev.fettle.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of settings in {@code docs/operations.md}, which is what the declarations say. {@code
 * -Dfettle.settings=rewrite} writes it anew; the difference is then reviewed like any other.
 */
class SettingsPageTest {

  private static final Path PAGE = Path.of("..", "docs", "operations.md");
  private static final String HEAD = "| name | default | values | purpose |\n|---|---|---|---|\n";
  private static final Pattern TABLE = Pattern.compile(Pattern.quote(HEAD) + "(?:\\|[^\\n]*\\n)+");

  @Test
  void the_table_of_settings_is_what_their_declarations_say() throws IOException {
    String table =
        HEAD + Setting.all().stream().map(SettingsPageTest::row).collect(Collectors.joining());
    String page = Files.readString(PAGE);
    if ("rewrite".equals(System.getProperty("fettle.settings"))) {
      page = TABLE.matcher(page).replaceFirst(Matcher.quoteReplacement(table));
      Files.writeString(PAGE, page);
    }
    Matcher found = TABLE.matcher(page);
    assertThat(found.find()).isTrue();
    assertThat(found.group()).isEqualTo(table);
  }

  private static String row(Setting<?> setting) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            setting.name(), setting.standard().shown(), setting.type().form(), setting.purpose());
  }
}
