package dev.fettle.graph.query;

import dev.fettle.graph.schema.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A read as the client asked for it.
 *
 * @param schema of the version that was called
 * @param tenantId whose rows are read
 * @param root absolute URL of the version root without a final slash, such as {@code
 *     https://host/beta}
 * @param path below the root with a leading slash, percent-encoded as in the URL
 * @param query the raw query, or null if there is none
 * @param preferences what the caller prefers
 */
public record ReadRequest(
    Schema schema,
    String tenantId,
    String root,
    String path,
    @Nullable String query,
    Preferences preferences) {

  /** The same without query options: for the answer to a write. */
  public ReadRequest withoutQuery() {
    return new ReadRequest(schema, tenantId, root, path, null, preferences);
  }
}
