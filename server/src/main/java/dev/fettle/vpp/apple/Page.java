package dev.fettle.vpp.apple;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param index counted from zero
 * @param totalPages how many there were when this one was made; may change
 * @param versionId moves whenever the list does; null if Apple left it out
 * @param more whether Apple named a next page
 */
public record Page<T>(
    LibraryInfo library,
    int index,
    int totalPages,
    @Nullable String versionId,
    boolean more,
    List<T> records) {

  public Page {
    records = List.copyOf(records);
  }
}
