package dev.fettle.base;

/**
 * A file of the server's own that it cannot use, or must not: a start that ends for it is the
 * operator's to mend. The message says which file, why, and what to do, and quotes nothing of it.
 */
public final class UnusableFile extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With the text for the operator, and without a cause, whose text might quote the file. */
  public UnusableFile(String message) {
    super(message);
  }
}
