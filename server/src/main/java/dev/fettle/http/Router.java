package dev.fettle.http;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings each request to the row of the first door that claims it, and is the one place where what
 * goes wrong on the way becomes an answer: a {@link Refusal} in the door's shape, anything else as
 * the server's fault, logged once with the request's id. Safe for concurrent use.
 */
public final class Router implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final Door.Row NO_ROW = new Door.Row("", "none");

  /** Refuses requests before their row is looked for. */
  @FunctionalInterface
  public interface Gate {
    /** The reason why a request may not come in by this door, if it may not. */
    Optional<Reason> refusal(Door door, Request request);
  }

  /** Told of each answer, once it is made. */
  @FunctionalInterface
  public interface Observer {
    /** Called by the thread of the request; must not fail. */
    void answered(Exchanged exchanged);
  }

  /**
   * A request with its answer.
   *
   * @param row of the door's table; the path is {@code none} if there was no row
   * @param fault whether the server's own fault is the answer's reason
   * @param nanos from the request's arrival to its answer, without the sending
   */
  public record Exchanged(
      Door door,
      Door.Row row,
      Request request,
      Response answer,
      boolean fault,
      long nanos,
      String requestId) {}

  private final List<Door> doors;
  private final List<Gate> gates;
  private final Ids ids;
  private final Observer observer;

  /**
   * A router over doors.
   *
   * @param doors in the order in which they are asked; the last one claims everything
   * @param ids makes the ids of requests
   */
  public Router(List<Door> doors, List<Gate> gates, Ids ids, Observer observer) {
    this.doors = List.copyOf(doors);
    this.gates = List.copyOf(gates);
    this.ids = ids;
    this.observer = observer;
  }

  /** A router that nothing stands before and nobody observes. */
  public Router(List<Door> doors, Ids ids) {
    this(doors, List.of(), ids, exchanged -> {});
  }

  @Override
  public Response handle(Request request) {
    long start = System.nanoTime();
    String requestId = ids.requestId();
    Door door = door(request);
    Door.Row row = NO_ROW;
    boolean failed = false;
    Response answer;
    try {
      for (Gate gate : gates) {
        gate.refusal(door, request)
            .ifPresent(
                reason -> {
                  throw new Refusal(reason);
                });
      }
      Door.Match match = door.match(request);
      row = match.row();
      answer = match.work().apply(requestId);
    } catch (Refusal refusal) {
      answer = door.refuse(request, refusal.reason(), requestId);
    } catch (RuntimeException | StackOverflowError fault) {
      LOG.error(
          "request-id={} door={} route=\"{} {}\" outcome=fault",
          requestId,
          door.name(),
          row.method(),
          row.path(),
          fault);
      failed = true;
      answer = door.fail(request, requestId);
    }
    Response finished = door.finish(request, answer, requestId);
    if (finished.status() >= 500 && finished.headers().first("request-id") == null) {
      finished = finished.with("request-id", requestId);
    }
    observer.answered(
        new Exchanged(door, row, request, finished, failed, System.nanoTime() - start, requestId));
    return finished;
  }

  private Door door(Request request) {
    for (Door door : doors) {
      if (door.claims(request)) {
        return door;
      }
    }
    return doors.getLast();
  }
}
