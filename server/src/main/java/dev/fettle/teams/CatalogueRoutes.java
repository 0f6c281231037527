package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.teams.packages.AppPackage;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operations of the catalogue. Public documents: "List teamsApp", "Publish teamsApp", "Update
 * teamsApp", "Delete teamsApp", "Get teamworkBot", "Get teamsAppIcon".
 */
final class CatalogueRoutes {

  private static final Set<GraphVersion> BOTH = Route.in(V1, BETA);
  private static final String APPS = "/appCatalogs/teamsApps";
  private static final String APP = APPS + "/{app-id}";
  private static final String DEFINITIONS = APP + "/appDefinitions";
  private static final String DEFINITION = DEFINITIONS + "/{definition-id}";

  private static final Sql ALL = Sql.of("true");
  private static final Sql APP_IS = Sql.of("t.app_id = :appId");
  private static final Sql DEFINITION_IS =
      Sql.of("t.app_id = :appId and t.definition_id = :definitionId");
  private static final Sql IN_CATALOGUE =
      Sql.of(
          """
          t.app_id = :appId and exists (
            select 1 from teams_app t_a
            where t_a.tenant_id = t.tenant_id and t_a.app_id = t.app_id
              and t_a.removed_date_time is null)
          """);
  private static final Sql DEFINITION_IN_CATALOGUE =
      IN_CATALOGUE.append("and t.definition_id = :definitionId");

  private final Catalogue catalogue;
  private final Reads reads;

  CatalogueRoutes(Catalogue catalogue, Reads reads) {
    this.catalogue = catalogue;
    this.reads = reads;
  }

  /** Every operation. */
  List<Route> routes() {
    Set<GraphVersion> icons = Set.of(BETA);
    return List.of(
        Route.get(BOTH, APPS).handle(call -> reads.collection(call, CatalogueResources.APPS, ALL)),
        Route.get(BOTH, APPS + "/$count")
            .handle(call -> reads.count(call, CatalogueResources.APPS, ALL)),
        Route.post(BOTH, APPS).rawBody().handle(this::publish),
        Route.get(BOTH, APP).handle(this::app),
        Route.put(V1, APP).rawBody().handle(this::replace),
        Route.put(BETA, APP).rawBody().handle(this::replace),
        Route.delete(BOTH, APP).handle(this::delete),
        Route.get(BOTH, DEFINITIONS)
            .handle(
                call ->
                    reads.collection(
                        call, CatalogueResources.DEFINITIONS, inCatalogue(call), missingApp(call))),
        Route.get(BOTH, DEFINITIONS + "/$count")
            .handle(
                call ->
                    reads.count(
                        call, CatalogueResources.DEFINITIONS, inCatalogue(call), missingApp(call))),
        Route.post(BOTH, DEFINITIONS).rawBody().handle(this::add),
        part(BOTH, "", CatalogueResources.DEFINITIONS),
        Route.patch(BOTH, DEFINITION)
            .body("microsoft.graph.teamsAppDefinition")
            .handle(this::decide)
            .notes("The permission data has no entry for approving and rejecting."),
        Route.delete(BOTH, DEFINITION).handle(this::withdraw),
        Route.get(BOTH, DEFINITION + "/bot")
            .handle(
                call ->
                    reads.entity(
                        call,
                        CatalogueResources.TYPED_BOT,
                        definition(call),
                        "The definition has no bot.")),
        part(icons, "/colorIcon", CatalogueResources.COLOR_ICON),
        part(icons, "/outlineIcon", CatalogueResources.OUTLINE_ICON),
        part(icons, "/colorIcon/hostedContent", CatalogueResources.COLOR_CONTENT),
        part(icons, "/outlineIcon/hostedContent", CatalogueResources.OUTLINE_CONTENT),
        bytes("colorIcon", true),
        bytes("outlineIcon", false),
        Route.get(BETA, DEFINITION + "/dashboardCards").notBuilt());
  }

  private Response publish(Call call) {
    boolean review = review(call);
    return zip(
        call,
        archive -> {
          Catalogue.Written written =
              catalogue.publish(call.caller(), call.permissions(), archive, review);
          return reads.created(
              call,
              CatalogueResources.APPS,
              APP_IS.with("appId", written.appId()),
              written.appId());
        });
  }

  private Response add(Call call) {
    return add(call, review(call));
  }

  /** The oldest form of an update, which answers nothing. */
  private Response replace(Call call) {
    return add(call, false);
  }

  private Response add(Call call, boolean answered) {
    boolean review = review(call);
    return zip(
        call,
        archive -> {
          Catalogue.Written written =
              catalogue.addDefinition(
                  call.caller(), call.permissions(), appId(call), archive, review);
          return answered
              ? reads.created(
                  call,
                  CatalogueResources.DEFINITIONS,
                  DEFINITION_IS.with(written),
                  written.definitionId())
              : Answers.noContent();
        });
  }

  private Response decide(Call call) {
    ObjectNode body = call.body();
    for (String name : body.propertyNames()) {
      if (!name.equals("publishingState") && name.indexOf('@') < 0) {
        throw Refusal.invalid(
            name,
            "Only publishingState of a definition can be changed; everything else comes from"
                + " its package.");
      }
    }
    JsonNode state = body.get("publishingState");
    if (state == null
        || !state.isString()
        || !Set.of("published", "rejected").contains(state.stringValue())) {
      throw Refusal.invalid(
          "publishingState", "publishingState must be 'published' or 'rejected'.");
    }
    Catalogue.Written written =
        catalogue.decide(
            call.caller(),
            appId(call),
            call.key("definition-id"),
            call.request().header("If-Match"),
            state.stringValue());
    return reads.updated(
        call, CatalogueResources.DEFINITIONS, DEFINITION_IS.with(written), missing(call));
  }

  private Response withdraw(Call call) {
    catalogue.withdraw(call.caller(), appId(call), call.key("definition-id"));
    return Answers.noContent();
  }

  private Response delete(Call call) {
    catalogue.delete(call.caller(), call.permissions(), appId(call));
    return Answers.noContent();
  }

  private Response app(Call call) {
    return reads.entity(
        call,
        CatalogueResources.APPS,
        APP_IS.with("appId", appId(call)),
        "App with id '%s' is not found.".formatted(appId(call)));
  }

  /** A definition, or a part of it. */
  private Route part(Set<GraphVersion> versions, String path, Resource resource) {
    return Route.get(versions, DEFINITION + path)
        .handle(call -> reads.entity(call, resource, definition(call), missing(call)));
  }

  private Route bytes(String name, boolean color) {
    return Route.get(BETA, DEFINITION + "/" + name + "/hostedContent/$value")
        .handle(call -> Response.of(200, "image/png", png(call, color)));
  }

  private byte[] png(Call call, boolean color) {
    return catalogue
        .icon(call.caller().tenantId(), appId(call), call.key("definition-id"), color)
        .orElseThrow(() -> Refusal.notFound(missing(call)));
  }

  private Runnable missingApp(Call call) {
    return () -> catalogue.require(call.caller().tenantId(), appId(call));
  }

  private static Sql inCatalogue(Call call) {
    return IN_CATALOGUE.with("appId", appId(call));
  }

  private static Sql definition(Call call) {
    return DEFINITION_IN_CATALOGUE
        .with("appId", appId(call))
        .with("definitionId", TeamsIds.padded(call.key("definition-id")));
  }

  private static String appId(Call call) {
    return Guids.canonical(call.key("app-id"));
  }

  private static String missing(Call call) {
    return "App definition with id '%s' is not found.".formatted(call.key("definition-id"));
  }

  private static boolean review(Call call) {
    Boolean review = null;
    for (String pair : call.request().rawQuery().split("&")) {
      String[] parts = pair.split("=", 2);
      if (Request.decode(parts[0]).equalsIgnoreCase("requiresReview")) {
        String value = parts.length < 2 ? "" : Request.decode(parts[1]).toLowerCase(Locale.ROOT);
        if (review != null || !Set.of("true", "false").contains(value)) {
          throw Refusal.invalid(
              "requiresReview", "requiresReview must be 'true' or 'false', and given once.");
        }
        review = value.equals("true");
      }
    }
    return Boolean.TRUE.equals(review);
  }

  private Response zip(Call call, Function<byte[], Response> work) {
    String type = call.request().header("Content-Type");
    String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!media.equals("application/zip") && !media.equals("application/x-zip-compressed")) {
      throw new Refusal(
          new Reason.UnsupportedMediaType(
              "An app package is sent with the Content-Type application/zip."));
    }
    return work.apply(call.request().body(AppPackage.MOST_BYTES));
  }
}
