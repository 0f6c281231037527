package dev.fettle.http;

import java.util.List;
import java.util.function.Predicate;

/**
 * Gives each request to the first handler that claims its path, and to a last one where none does.
 *
 * @param claims in the order in which they are asked
 */
public record Mounts(List<Mount> claims, Handler otherwise) implements Handler {

  /** A handler and the requests that are its own. */
  public record Mount(Predicate<Request> claim, Handler handler) {

    /** Claims a path and everything below it. */
    public static Mount under(String prefix, Handler handler) {
      return new Mount(
          request -> request.rawPath().equals(prefix) || request.rawPath().startsWith(prefix + "/"),
          handler);
    }
  }

  public Mounts {
    claims = List.copyOf(claims);
  }

  @Override
  public Response handle(Request request) {
    for (Mount mount : claims) {
      if (mount.claim().test(request)) {
        return mount.handler().handle(request);
      }
    }
    return otherwise.handle(request);
  }
}
