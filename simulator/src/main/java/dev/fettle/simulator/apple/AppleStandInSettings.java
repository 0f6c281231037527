package dev.fettle.simulator.apple;

import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How a stand-in is set up.
 *
 * @param port the port on 127.0.0.1, 0 for any free one
 * @param https whether it speaks HTTPS, with a certificate that it signs itself
 * @param seeded whether it begins with the seeded libraries
 * @param pageSize records on a page
 * @param limits what service/config announces and requests are held to
 * @param eventPace how events get to their end
 * @param garbageTokenStatus the HTTP status of error 9622: 200, as Apple is seen to do, or 401
 * @param plainNotifications whether a notification URL may be plain http to a loopback address,
 *     which Apple would refuse
 * @param notificationAuthority a PEM file with the authority that signed the certificate of the
 *     notification URL, beside those that Java trusts
 * @param notificationRetry the pause between the three attempts at a notification
 * @param clock what tokens expire by
 */
public record AppleStandInSettings(
    int port,
    boolean https,
    boolean seeded,
    int pageSize,
    Limits limits,
    EventPace eventPace,
    int garbageTokenStatus,
    boolean plainNotifications,
    @Nullable Path notificationAuthority,
    Duration notificationRetry,
    InstantSource clock) {

  /** Any free port, plain HTTP, the seeded libraries, and otherwise what Apple documents. */
  public static AppleStandInSettings defaults() {
    return builder().build();
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Changes single settings; everything not named keeps its default. */
  public static final class Builder {
    private int port;
    private boolean https;
    private boolean seeded = true;
    private int pageSize = 999;
    private Limits limits = Limits.documented();
    private EventPace eventPace = new EventPace.After(Duration.ofMillis(250));
    private int garbageTokenStatus = 200;
    private boolean plainNotifications;
    private @Nullable Path notificationAuthority;
    private Duration notificationRetry = Duration.ofMinutes(1);
    private InstantSource clock = InstantSource.system();

    private Builder() {}

    /** The port on 127.0.0.1, 0 for any free one. */
    public Builder port(int number) {
      port = number;
      return this;
    }

    /** Whether to speak HTTPS. */
    public Builder https(boolean on) {
      https = on;
      return this;
    }

    /** Whether to begin with the seeded libraries. */
    public Builder seeded(boolean on) {
      seeded = on;
      return this;
    }

    /** Records on a page. */
    public Builder pageSize(int records) {
      pageSize = records;
      return this;
    }

    /** What service/config announces and requests are held to. */
    public Builder limits(Limits announced) {
      limits = announced;
      return this;
    }

    /** How events get to their end. */
    public Builder eventPace(EventPace pace) {
      eventPace = pace;
      return this;
    }

    /** The HTTP status of error 9622, 200 or 401. */
    public Builder garbageTokenStatus(int status) {
      garbageTokenStatus = status;
      return this;
    }

    /** Whether a notification URL may be plain http to a loopback address. */
    public Builder plainNotifications(boolean allowed) {
      plainNotifications = allowed;
      return this;
    }

    /** A PEM file with an authority to trust when notifications are sent. */
    public Builder notificationAuthority(Path pem) {
      notificationAuthority = pem;
      return this;
    }

    /** The pause between the attempts at a notification. */
    public Builder notificationRetry(Duration pause) {
      notificationRetry = pause;
      return this;
    }

    /** What tokens expire by. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** The settings. */
    public AppleStandInSettings build() {
      return new AppleStandInSettings(
          port,
          https,
          seeded,
          pageSize,
          limits,
          eventPace,
          garbageTokenStatus,
          plainNotifications,
          notificationAuthority,
          notificationRetry,
          clock);
    }
  }
}
