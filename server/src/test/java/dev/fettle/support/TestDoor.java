package dev.fettle.support;

import dev.fettle.base.Reason;
import dev.fettle.http.Door;
import dev.fettle.http.Handler;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import java.util.List;

/** A door of one row, which claims everything. */
public record TestDoor(Handler handler) implements Door {
  private static final Row ROW = new Row("*", "/{anything}");

  @Override
  public String name() {
    return "test";
  }

  @Override
  public List<Row> rows() {
    return List.of(ROW);
  }

  @Override
  public boolean claims(Request request) {
    return true;
  }

  @Override
  public Match match(Request request) {
    return new Match(ROW, id -> handler.handle(request));
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return Response.text(400, "text/plain", reason.message());
  }

  @Override
  public Response fail(Request request, String requestId) {
    return Response.text(500, "text/plain", "a fault");
  }
}
