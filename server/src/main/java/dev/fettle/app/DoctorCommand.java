package dev.fettle.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that prints what a server needs of this machine, and what is missing. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Looks at what a server needs of this machine, and says what is missing.")
final class DoctorCommand implements Callable<Integer> {
  private static final int SOMETHING_MISSING = 1;
  private static final int JAVA = 25;
  private static final long MEGABYTE = 1024L * 1024;
  private static final long LEAST_SPACE = 500 * MEGABYTE;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".fettle",
      description = "the data directory (default: .fettle)")
  private Path data = Path.of(".fettle");

  private boolean missing;

  @Override
  public Integer call() throws IOException {
    int version = Runtime.version().feature();
    say(version >= JAVA, "Java " + Runtime.version(), "Fettle needs Java 25");
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    boolean embedded = machine.equals("Linux amd64") || machine.equals("Linux aarch64");
    say(
        embedded,
        machine,
        "the embedded database runs on Linux x86-64 and arm64 only; set database.url here");
    say(
        program("setpriv"),
        "setpriv (util-linux)",
        "without it the embedded database outlives a Fettle that is killed, until the next start;"
            + " as root it needs setpriv or unshare");
    say(
        program("tar") && program("xz"),
        "tar and xz",
        "without them the first start takes some seconds longer");
    Path folder = existing(data.toAbsolutePath().normalize());
    say(Files.isWritable(folder), "writable: " + folder, "choose another folder with --data");
    long space = Files.getFileStore(folder).getUsableSpace();
    say(space > LEAST_SPACE, space / MEGABYTE + " MB free", "the database needs some 200 MB");
    for (int port : List.of(8080, 8443)) {
      say(
          free(port),
          "port " + port,
          "another program has it (perhaps a Fettle that runs); choose --http-port, --https-port");
    }
    return missing ? SOMETHING_MISSING : 0;
  }

  private void say(boolean fine, String what, String otherwise) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(fine ? "ok       " + what : "missing  " + what + ": " + otherwise);
    missing |= !fine;
  }

  private static boolean program(String name) {
    return List.of("/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  private static Path existing(Path folder) {
    Path parent = folder.getParent();
    return Files.isDirectory(folder) || parent == null ? folder : existing(parent);
  }

  private static boolean free(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
