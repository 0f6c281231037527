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
 * A device whose agent is Debian's swupdate in its hawkBit mode, and the builder of its signed
 * images.
 *
 * <p>A reboot is a stop and a start that says how the update went; until then swupdate leaves the
 * action open, as on real hardware.
 */
final class SwupdateDevice implements AutoCloseable {
  private final Path folder;
  private final Path log;
  private final String serverUrl;
  private final String controllerId;
  private final String token;
  private @Nullable Process process;

  SwupdateDevice(Path parent, String serverUrl, String controllerId, String token)
      throws IOException {
    this.folder = Files.createDirectories(parent.resolve("panel"));
    this.log = folder.resolve("swupdate.log");
    this.serverUrl = serverUrl;
    this.controllerId = controllerId;
    this.token = token;
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
        "signer.crt");
  }

  /** The file that an image of {@link #image} installs. */
  Path installed() {
    return folder.resolve("installed.txt");
  }

  /** A signed image for a hardware revision; this device is 1.0. */
  Path image(String version, String revision) throws IOException {
    byte[] payload = ("version " + version + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("payload.txt"), payload);
    Files.writeString(
        folder.resolve("sw-description"),
        """
        software = {
          version = "%s";
          hardware-compatibility: [ "%s" ];
          files: ( { filename = "payload.txt"; path = "%s"; type = "rawfile"; sha256 = "%s"; } );
        }
        """
            .formatted(version, revision, installed(), sha256(payload)));
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
        "signer.crt",
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
        "printf '%s\\n' sw-description sw-description.sig payload.txt"
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

  /**
   * Starts swupdate.
   *
   * @param version what the device says it runs
   * @param arguments for its hawkBit mode: {@code -c 2} after a reboot into the new software
   */
  void start(String version, String arguments) throws IOException {
    stop();
    Path configuration = folder.resolve("swupdate.cfg");
    Files.writeString(
        configuration,
        """
        globals : { verbose = true; loglevel = 5; public-key-file = "%s"; };
        identify : (
          { name = "hwRevision"; value = "1.0"; },
          { name = "version.firmware"; value = "%s"; }
        );
        suricatta : { tenant = "DEFAULT"; id = "%s"; url = "%s"; polldelay = 2;
                      retry = 2; retrywait = 2; targettoken = "%s"; connection-timeout = 10; };
        """
            .formatted(folder.resolve("signer.crt"), version, controllerId, serverUrl, token));
    ProcessBuilder builder =
        new ProcessBuilder(
                "swupdate", "-f", configuration.toString(), "-H", "panel:1.0", "-u", arguments)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Its sockets and scripts have fixed names there.
    builder.environment().put("TMPDIR", folder.toString());
    process = builder.start();
  }

  /** Whether it runs; now and then it dies of a broken pipe while it reports. */
  boolean runs() {
    Process running = process;
    return running != null && running.isAlive();
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
