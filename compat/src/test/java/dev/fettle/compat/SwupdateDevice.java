package dev.fettle.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A device whose agent is Debian's swupdate in its hawkBit mode, set up by the files of
 * docs/devices.md, and the builder of its signed images.
 *
 * <p>It has its own {@code /etc}, {@code /run} and {@code /var} in a folder. A reboot is a stop and
 * a start; until then swupdate leaves the action open, as on real hardware.
 */
final class SwupdateDevice implements AutoCloseable {
  private static final Path PAGE = Path.of("..", "docs", "devices.md");

  private final Path folder;
  private final Path log;
  private @Nullable Process process;

  /**
   * A new device that has never started.
   *
   * @param login the line of swupdate.cfg that names the token
   */
  SwupdateDevice(PackagedServer server, String controllerId, String login) throws IOException {
    this(server, server.https(), controllerId, login);
  }

  /**
   * A new device that has never started.
   *
   * @param url where it polls
   * @param login the lines of swupdate.cfg that name what it proves itself with
   */
  SwupdateDevice(PackagedServer server, String url, String controllerId, String login)
      throws IOException {
    this.folder = server.folder().resolve("panel-" + controllerId);
    this.log = folder.resolve("swupdate.log");
    for (String directory : new String[] {"etc/swupdate", "run", "var/lib", "bin"}) {
      Files.createDirectories(folder.resolve(directory));
    }
    String configuration =
        documented("/etc/swupdate/swupdate.cfg")
            .replace("https://updates.example.com:8443", url)
            .replace("panel-17", controllerId)
            .replaceFirst("targettoken = .*;", login);
    Files.writeString(folder.resolve("etc/swupdate/swupdate.cfg"), configuration);
    Files.writeString(folder.resolve("etc/sw-versions"), documented("/etc/sw-versions"));
    Files.copy(server.authority().pem(), folder.resolve("etc/swupdate/ca.pem"));
    Path reboot = Files.writeString(folder.resolve("bin/reboot"), "#!/bin/sh\ntouch rebooting\n");
    if (!reboot.toFile().setExecutable(true)) {
      throw new IOException("cannot be made a program: " + reboot);
    }
    Programs.succeed(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=update-signer",
        "-addext",
        "extendedKeyUsage=emailProtection",
        "-addext",
        "keyUsage=digitalSignature",
        "-keyout",
        "signer.key",
        "-out",
        "etc/swupdate/signer.crt");
  }

  /** The block of the page that follows this name, with the directories of this device. */
  private String documented(String name) throws IOException {
    return block(name).replaceAll("/(etc|run|var)/", folder.toAbsolutePath() + "/$1/");
  }

  /** The block of the page that follows this name. */
  static String block(String name) throws IOException {
    String page = Files.readString(PAGE);
    int at = page.indexOf("`" + name + "`");
    if (at < 0) {
      throw new IOException(PAGE + " does not name " + name);
    }
    int begin = page.indexOf('\n', page.indexOf("\n```", at) + 1) + 1;
    return page.substring(begin, page.indexOf("```", begin));
  }

  /** What is installed, as an image of {@link #image} brings it. */
  Path installed() {
    return folder.resolve("etc/sw-versions");
  }

  /** A signed image for a hardware revision; this device is 1.0. */
  Path image(String version, String revision) throws IOException {
    byte[] versions = ("firmware " + version + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("sw-versions"), versions);
    Files.writeString(
        folder.resolve("sw-description"),
        documented("sw-description")
            .replace("2.0", version)
            .replace("1.0", revision)
            .replace("SHA256", sha256(versions)));
    Programs.succeed(
        folder,
        "openssl",
        "cms",
        "-sign",
        "-in",
        "sw-description",
        "-out",
        "sw-description.sig",
        "-signer",
        "etc/swupdate/signer.crt",
        "-inkey",
        "signer.key",
        "-outform",
        "DER",
        "-nosmimecap",
        "-binary");
    Path image = folder.resolve("panel-" + version + ".swu");
    Programs.succeed(
        folder,
        "sh",
        "-c",
        "printf '%s\\n' sw-description sw-description.sig sw-versions"
            + " | cpio --quiet -o -H crc > "
            + image.getFileName());
    return image;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts swupdate as Debian's service does. */
  void start() throws IOException {
    stop();
    Files.deleteIfExists(folder.resolve("rebooting"));
    String service =
        documented("/etc/swupdate/conf.d/50-fettle")
            + "exec swupdate $SWUPDATE_ARGS -u \"$SWUPDATE_SURICATTA_ARGS\"\n";
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", service)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Its sockets and scripts have fixed names there.
    builder.environment().put("TMPDIR", folder.toString());
    builder.environment().merge("PATH", folder.resolve("bin") + ":", (path, bin) -> bin + path);
    process = builder.start();
  }

  /** Starts swupdate again if it has asked for it, or died: now and then of a broken pipe. */
  void liveOn() throws IOException {
    Process running = process;
    if (running == null || !running.isAlive() || isRebooting()) {
      start();
    }
  }

  /** Whether an image is in place and the restart into it is asked for. */
  boolean isRebooting() {
    return Files.exists(folder.resolve("rebooting"));
  }

  /** What swupdate printed so far. */
  String output() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops swupdate with all of its processes. */
  void stop() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.descendants().forEach(ProcessHandle::destroy);
    running.destroy();
    try {
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.descendants().forEach(ProcessHandle::destroyForcibly);
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  @Override
  public void close() {
    stop();
  }
}
