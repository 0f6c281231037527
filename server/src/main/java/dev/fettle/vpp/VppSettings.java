package dev.fettle.vpp;

import dev.fettle.vpp.apple.AppleSettings;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of volume purchasing.
 *
 * @param apple the address of Apple's API, and its deadlines
 * @param appleTrust by what Apple's certificate is checked, if not as Java does; for a stand-in
 *     that signs its own
 * @param keyFile the key that content tokens are encrypted with; made if it is not there
 * @param strictTokens whether a {@code token} that is no content token is refused
 * @param exampleToken the content token that the text of the printed examples stands for; null if
 *     it stands for none
 * @param notificationBase the public root of this server, to which Apple sends notifications; null
 *     to do without them
 */
public record VppSettings(
    AppleSettings apple,
    @Nullable SSLContext appleTrust,
    Path keyFile,
    boolean strictTokens,
    @Nullable ContentToken exampleToken,
    @Nullable URI notificationBase) {

  /** Settings for development: any {@code token} is taken, and nothing is sent to us. */
  public static VppSettings lenient(AppleSettings apple, Path keyFile) {
    return new VppSettings(apple, null, keyFile, false, null, null);
  }
}
