package dev.fettle.app;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that prints how clients come to trust the local authority. */
@Command(
    name = "trust",
    mixinStandardHelpOptions = true,
    description = {
      "Says how to make each kind of client trust the certificate of this server's local"
          + " authority.",
      "Changes nothing by itself."
    })
final class TrustCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".fettle",
      description = "the server's data directory (default: .fettle)")
  private Path data = Path.of(".fettle");

  @Override
  public Integer call() {
    Path file = LocalAuthority.certificate(data.toAbsolutePath().normalize());
    if (!Files.exists(file)) {
      throw new StartRefused(
          ExitCode.DIRECTORY,
          "There is no authority in %s yet. Start the server once: ./fettle dev".formatted(data));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        """
        The certificate of this server's own authority:
          %1$s   (also at /fettle/dev/ca.pem)

        curl        curl --cacert %1$s https://localhost:8443/health/ready
        Java        keytool -importcert -noprompt -alias fettle -storepass changeit \\
                      -keystore fettle-trust.p12 -file %1$s
                    java -Djavax.net.ssl.trustStore=fettle-trust.p12 \\
                      -Djavax.net.ssl.trustStorePassword=changeit ...
        Node.js     NODE_EXTRA_CA_CERTS=%1$s
        Python      REQUESTS_CA_BUNDLE=%1$s   SSL_CERT_FILE=%1$s
        .NET, Go    SSL_CERT_FILE=%1$s   (Linux)
        Debian      sudo cp %1$s /usr/local/share/ca-certificates/fettle.crt
                    sudo update-ca-certificates
        macOS       security add-trusted-cert -k ~/Library/Keychains/login.keychain-db %1$s
        Windows     Import-Certificate -FilePath ca.pem -CertStoreLocation Cert:\\CurrentUser\\Root

        Trust it for as long as you need it: whoever can read ca-key.pem beside it can speak for
        any site to those who trust it.
        """
            .formatted(file));
    return 0;
  }
}
