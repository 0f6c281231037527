package dev.fettle.app;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.graph.ErrorAnswers;
import dev.fettle.graph.Route;
import dev.fettle.http.Response;
import java.time.Duration;
import java.time.InstantSource;

/** Answers in Graph's shape to requests that are refused outside of Graph's addresses. */
final class ErrorResponses {
  private final InstantSource clock;
  private final Ids ids;

  ErrorResponses(InstantSource clock, Ids ids) {
    this.clock = clock;
    this.ids = ids;
  }

  Response answer(Reason reason) {
    String id = ids.requestId();
    return ErrorAnswers.answer(
            reason,
            Route.ErrorShape.GRAPH,
            clock.instant(),
            new ErrorAnswers.Correlation(id, id),
            "")
        .with("request-id", id);
  }

  /** The answer to what never became a request, with the status that HTTP has for it. */
  Response unreadable(int status, String problem) {
    Response shaped =
        answer(
            status == 500
                ? new Reason.Unavailable(Duration.ofSeconds(1), problem)
                : Reason.invalid(null, problem));
    return new Response(status, shaped.headers(), shaped.body());
  }
}
