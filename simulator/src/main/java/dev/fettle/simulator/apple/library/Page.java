package dev.fettle.simulator.apple.library;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a collection, with the version that the collection had when it was cut.
 *
 * <p>An empty collection has one empty page: page 0 may always be asked for.
 */
public record Page<T>(List<T> items, int index, int totalPages, String versionId) {

  static <T> Page<T> cut(List<T> all, int index, int size, String versionId) {
    int pages = Math.max(1, Math.ceilDiv(all.size(), size));
    if (index < 0 || index >= pages) {
      throw new AppleRefusal(AppleError.PAGE_INDEX_OUT_OF_RANGE);
    }
    int from = index * size;
    int to = Math.min(all.size(), from + size);
    return new Page<>(List.copyOf(all.subList(from, to)), index, pages, versionId);
  }

  /** Absent on the last page, which is the only sign of the end that clients should trust. */
  public @Nullable Integer next() {
    return index + 1 < totalPages ? index + 1 : null;
  }
}
