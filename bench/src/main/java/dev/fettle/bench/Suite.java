package dev.fettle.bench;

import dev.fettle.app.CapabilitySettings;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.http.Handler;
import dev.fettle.identity.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The measured requests of one capability: what is in the database, which requests are sent, and
 * the bare handlers that they are held against. Constructed in both processes of a run, so the
 * constructor does nothing.
 */
interface Suite {

  /** The tenant that everything lies in. */
  String TENANT = "6f1e77ae-0000-4000-8000-000000000001";

  /** The heading of the page of results. */
  String title();

  /** What the figures hold for: how much is in the database. */
  String conditions();

  /** What the caller may do; tokens are taken as verified, which is what a cached one costs. */
  Set<String> permissions();

  /** What is chosen about the capabilities. */
  default CapabilitySettings settings(Path data) {
    return CapabilitySettings.standard(data);
  }

  /** Fills the migrated, empty database; the tenant is there. */
  void fill(Rig.Installation installation);

  /** The bare handlers by the beginning of their paths. */
  Map<String, Handler> bare(Db db, Ids ids);

  /** The requests in the order in which they take turns. */
  List<Target> targets();

  /**
   * Puts the database back before a measurement whose requests cannot be repeated.
   *
   * @return whether numbers start at zero again
   */
  default boolean restored(Db db, Target target) {
    return false;
  }

  /** What else there is to measure, as a part of the page of results; the requests come first. */
  default String more(Rig rig) throws IOException, InterruptedException {
    return "";
  }

  /**
   * The caller of a request: an application.
   *
   * @param authorization the request's header
   */
  default Caller caller(@Nullable String authorization) {
    return new Caller(TENANT, Caller.Kind.APPLICATION, "bench", "Bench", null, null, permissions());
  }

  /** The suite of a name. */
  static Suite named(String name) {
    return switch (name) {
      case "devices" -> new DevicesSuite();
      case "teams" -> new TeamsSuite();
      case "vpp" -> new VppSuite();
      default ->
          throw new IllegalArgumentException(
              "There is no suite '%s'; there are: devices, teams, vpp.".formatted(name));
    };
  }
}
