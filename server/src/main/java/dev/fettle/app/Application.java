package dev.fettle.app;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.ErrorAnswers;
import dev.fettle.graph.Graph;
import dev.fettle.graph.GraphVersion;
import dev.fettle.graph.Metadata;
import dev.fettle.graph.Route;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Handler;
import dev.fettle.http.Mounts;
import dev.fettle.identity.Authenticator;
import dev.fettle.identity.ResourceGrants;
import dev.fettle.jobs.Jobs;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The whole server but for its sockets: every room is constructed here, top to bottom, with plain
 * constructors, and closed in reverse.
 */
public final class Application implements AutoCloseable {

  /**
   * What the application stands on.
   *
   * @param db open, with the schema of this version; closed by whoever opened it
   * @param data the folder for files
   */
  public record Ground(
      Db db, Authenticator authenticator, InstantSource clock, Ids ids, Path data) {}

  private final Jobs jobs;
  private final Handler handler;

  public Application(Ground ground) {
    jobs = new Jobs(ground.db(), ground.clock(), ground.ids());

    Map<GraphVersion, Schema> schemas =
        Map.of(
            GraphVersion.V1, Schema.load("v1.0"),
            GraphVersion.BETA, Schema.load("beta"),
            GraphVersion.FETTLE, Schema.load("fettle"));

    List<Route> routes = new ArrayList<>();

    Graph graph =
        new Graph(
            routes,
            ground.authenticator(),
            ResourceGrants.NONE,
            new Bodies(schemas),
            new Metadata(schemas),
            new ErrorAnswers("https://login.microsoftonline.com/common/oauth2/authorize"),
            new Graph.Environment(ground.clock(), ground.ids()));

    handler = new Mounts(List.of(), graph);
  }

  /** Answers every request that comes in on a socket. */
  public Handler handler() {
    return handler;
  }

  /** Starts the background work; without this call nothing happens but what requests ask for. */
  public void start() {
    jobs.start();
  }

  /** One round of the background work that is due, on this thread; for tests. */
  public Jobs jobs() {
    return jobs;
  }

  @Override
  public void close() {
    jobs.close();
  }
}
