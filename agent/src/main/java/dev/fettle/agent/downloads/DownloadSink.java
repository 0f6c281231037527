package dev.fettle.agent.downloads;

import java.io.IOException;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Where a download's bytes go. It knows how many it has, so that a broken download can go on there,
 * and their hash.
 */
public interface DownloadSink {
  /** How many bytes are there, from the start of the file. */
  long held();

  /** Adds bytes at the end. */
  void write(byte[] bytes, int count) throws IOException;

  /** Forgets everything. */
  void reset() throws IOException;

  /** The hash of what is held; the algorithm was chosen when the sink was made. */
  MessageDigest digest() throws IOException;

  /** The tag of the version that the held bytes belong to. */
  @Nullable String tag() throws IOException;

  /** Notes the tag of the version that is being written. */
  void tag(@Nullable String tag) throws IOException;

  /** A sink that only counts and hashes. */
  static DownloadSink discarding(Artifact artifact) {
    return new DiscardingSink(FileHash.of(artifact));
  }
}
