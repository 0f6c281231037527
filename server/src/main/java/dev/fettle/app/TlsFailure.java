package dev.fettle.app;

import org.jspecify.annotations.Nullable;

/** A certificate or an authority that cannot be used. The message is for people. */
public final class TlsFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  TlsFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
