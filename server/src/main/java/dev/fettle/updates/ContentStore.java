package dev.fettle.updates;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * Where the bytes of files lie, under their SHA-256. What is stored is complete and on disk before
 * it can be named; what breaks on the way leaves nothing behind.
 */
public interface ContentStore {

  /**
   * Stores what comes and hashes it on the way.
   *
   * @param limit how many bytes are taken at most
   * @param announced how many bytes were announced, or -1
   * @throws Refusal with {@link Reason.TooLarge} past the limit, {@link Reason.InsufficientStorage}
   *     when the disk is full, {@link Reason.Invalid} if fewer bytes came than were announced
   */
  Content put(InputStream in, long limit, long announced);

  /**
   * Stores a piece of a file that is sent in pieces, or says how far the file has come. What
   * arrived stays until the file is whole or forgotten by the sweep, also if a piece breaks off or
   * the server is killed.
   *
   * @param upload 64 hex digits that name the file on its way
   * @param limit how many bytes the whole file may have
   * @throws Refusal with {@link Reason.TooLarge} past the limit, {@link Reason.InsufficientStorage}
   *     when the disk is full, {@link Reason.RangeNotSatisfiable} if bytes before the piece are
   *     missing, {@link Reason.Conflict} while another piece of the file is coming in
   */
  UploadProgress putRange(String upload, ContentRange piece, InputStream in, long limit);

  /**
   * The bytes from an offset to the end; the caller closes the stream.
   *
   * @throws IOException if there is no such content, or it cannot be read
   */
  InputStream open(String sha256, long offset) throws IOException;

  /** Removes what was stored before the given time and is not in use; answers how many. */
  int sweep(Instant storedBefore, Predicate<String> inUse);
}
