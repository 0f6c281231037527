package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/** The list of all settings, which is the help of this command. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    modelTransformer = SettingsCommand.Help.class,
    description = {
      "Lists the settings.",
      "Each is given as one 'name = value' a line in the file of --config, as FETTLE_NAME in the"
          + " environment (capitals, with _ for dots and hyphens), or as --set name=value."
    })
final class SettingsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The declarations of the settings as a part of the command's help. */
  static final class Help implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      spec.usageMessage()
          .sectionMap()
          .put(
              UsageMessageSpec.SECTION_KEY_FOOTER,
              help -> {
                TextTable table =
                    TextTable.forColumns(
                        help.colorScheme(),
                        new Column(help.commandSpec().usageMessage().width(), 0, Overflow.WRAP));
                for (Setting<?> setting : Setting.all()) {
                  table.addRowValues(setting.name() + ": " + setting.description());
                }
                return table.toString();
              });
      return spec;
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
