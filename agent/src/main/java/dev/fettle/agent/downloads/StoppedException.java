package dev.fettle.agent.downloads;

import java.io.IOException;

/** Thrown by a {@link DownloadProgress} that wants the download to end; never repeated. */
public final class StoppedException extends IOException {
  private static final long serialVersionUID = 1L;

  public StoppedException(String message) {
    super(message);
  }
}
