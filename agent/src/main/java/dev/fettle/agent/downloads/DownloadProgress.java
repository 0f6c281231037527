package dev.fettle.agent.downloads;

import java.io.IOException;

/** Told now and then how far a download is; what it throws ends the download. */
@FunctionalInterface
public interface DownloadProgress {
  /** Does nothing. */
  DownloadProgress IGNORED = (_, _) -> {};

  /** So many bytes of so many are here. */
  void at(long held, long size) throws IOException, InterruptedException;
}
