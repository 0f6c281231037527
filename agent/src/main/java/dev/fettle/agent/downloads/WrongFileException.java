package dev.fettle.agent.downloads;

import java.io.IOException;

/** A file that is not the one which the deployment announced. */
public final class WrongFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public WrongFileException(String message) {
    super(message);
  }
}
