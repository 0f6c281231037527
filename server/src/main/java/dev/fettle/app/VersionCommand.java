package dev.fettle.app;

import dev.fettle.db.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command that prints the versions of Fettle and of what it runs on. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Says which version this is, and what it runs on.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  @Spec private CommandSpec spec = CommandSpec.create();

  private static String fettle() {
    Properties properties = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream("/fettle.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Fettle " + fettle(),
      "Java " + Runtime.version(),
      "PostgreSQL " + EmbeddedPostgres.version() + " (embedded)"
    };
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (String line : getVersion()) {
      out.println(line);
    }
    return 0;
  }
}
