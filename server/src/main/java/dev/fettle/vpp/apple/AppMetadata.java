package dev.fettle.vpp.apple;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An app as the store describes it. */
public record AppMetadata(
    String adamId,
    @Nullable String name,
    @Nullable String bundleId,
    @Nullable String publisher,
    @Nullable String url,
    @Nullable String releaseDate,
    List<String> deviceFamilies) {

  public AppMetadata {
    deviceFamilies = List.copyOf(deviceFamilies);
  }
}
