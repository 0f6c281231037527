package dev.fettle.http;

/** Answers requests; called concurrently, one virtual thread a request. */
@FunctionalInterface
public interface Handler {

  /** Answers one request; what it throws is answered as 500 by the edge above. */
  Response handle(Request request);
}
