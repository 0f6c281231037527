package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.List;
import java.util.function.Function;

/**
 * One protocol that the server speaks: a table of rows, and the shape of its refusals. Doors are
 * asked concurrently.
 */
public interface Door {

  /**
   * One row of a door's table, for whoever lists them.
   *
   * @param path with its keys in braces
   */
  record Row(String method, String path) {}

  /**
   * The row of a request, and what answers it.
   *
   * @param work given the request's id
   */
  record Match(Row row, Function<String, Response> work) {}

  /** A short name, in metrics, logs and on the coverage page. */
  String name();

  /** Every row. */
  List<Row> rows();

  /** True if a request is for this door, by its path alone. */
  boolean claims(Request request);

  /**
   * The row of a request that the door claims.
   *
   * @throws Refusal if there is none
   */
  Match match(Request request);

  /** The form of a refusal. */
  Response refuse(Request request, Reason reason, String requestId);

  /** The answer to a request that met a fault of the server's own; always 500. */
  Response fail(Request request, String requestId);

  /** The answer as it leaves, with what the door adds to each. */
  default Response finish(Request request, Response answer, String requestId) {
    return answer;
  }
}
