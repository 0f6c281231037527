package dev.fettle.teams;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Teams apps, told as simply as it goes: everything is a text in a map, and a method
 * answers the status that a request deserves and does what it does. Written from the documents;
 * shares no code with the server.
 */
final class NaiveTeams {

  /** The registration of every caller. */
  static final String SELF = TeamsWorld.SELF;

  private static final String MANAGE = "Chat.Manage.Chat";

  /**
   * A user, chat or team.
   *
   * @param kind {@code User}, {@code Chat}, {@code Team}: how tenant-wide permissions end
   * @param ending how the names of resource-specific permissions end
   */
  record Owner(String name, String kind, String ending, String collection, Set<String> members) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A caller.
   *
   * @param family the permission between {@code TeamsAppInstallation.} and {@code For}; empty for
   *     an app that has none but what it was granted
   * @param user the signed-in user, or null for an app by itself
   */
  record Caller(String family, @Nullable String user) {
    @Override
    public String toString() {
      return (family.isEmpty() ? "grants alone" : family) + (user == null ? "" : " of " + user);
    }
  }

  /**
   * One version; permissions are texts such as {@code ChatMember.Read.Chat Application}.
   *
   * @param abilities what the app can do, as texts: whoever has more of them can do more
   */
  record Definition(
      int version, Set<String> required, @Nullable String client, Set<String> abilities) {}

  /** An app, as long as the catalogue has it and for what is installed of it after that. */
  static final class App {
    final String externalId;
    @Nullable String id;
    boolean gone;
    @Nullable Definition submitted;
    final Set<Integer> versions = new TreeSet<>();
    final TreeMap<Integer, Definition> published = new TreeMap<>();

    App(String externalId) {
      this.externalId = externalId;
    }

    @Nullable Definition newest() {
      return gone || published.isEmpty() ? null : published.lastEntry().getValue();
    }

    Definition required() {
      return Objects.requireNonNull(newest());
    }
  }

  record Place(Owner owner, App app) {}

  record Installed(String id, Definition definition, Set<String> consented) {}

  final Map<Place, Installed> installed = new LinkedHashMap<>();
  boolean userConsent = true;
  boolean chatConsent = true;
  boolean automatic;

  int publish(App app, Definition definition, boolean review) {
    if (app.submitted != null || app.versions.contains(definition.version())) {
      return 409;
    }
    app.versions.add(definition.version());
    if (review) {
      app.submitted = definition;
    } else {
      published(app, definition);
    }
    return app.id == null || review ? 201 : 204;
  }

  void approve(App app) {
    Definition definition = Objects.requireNonNull(app.submitted);
    app.submitted = null;
    published(app, definition);
  }

  void reject(App app) {
    app.submitted = null;
  }

  void withdraw(App app) {
    app.versions.remove(Objects.requireNonNull(app.submitted).version());
    app.submitted = null;
    if (app.versions.isEmpty()) {
      app.id = null;
    }
  }

  private void published(App app, Definition definition) {
    app.published.put(definition.version(), definition);
    if (automatic) {
      follow(app);
    }
  }

  void turnAutomatic(boolean on) {
    automatic = on;
    if (on) {
      for (Place place : List.copyOf(installed.keySet())) {
        follow(place.app());
      }
    }
  }

  private void follow(App app) {
    Definition newest = app.newest();
    if (newest == null) {
      return;
    }
    installed.replaceAll(
        (place, there) ->
            place.app() == app
                    && there.definition().version() < newest.version()
                    && there.consented().containsAll(part(newest.required(), place.owner()))
                    && sameClient(there.definition(), newest, place.owner())
                    && there.definition().abilities().containsAll(newest.abilities())
                ? new Installed(there.id(), newest, part(newest.required(), place.owner()))
                : there);
  }

  /** An app may lose its registration, but not hand its permissions over to another. */
  private static boolean sameClient(Definition old, Definition newest, Owner owner) {
    boolean grants =
        part(newest.required(), owner).stream().anyMatch(one -> one.endsWith(" Application"));
    return Objects.equals(old.client(), newest.client()) || (newest.client() == null && !grants);
  }

  /** 201 if the caller may; the test then says which id the installation got. */
  int install(Owner owner, Caller caller, App app, @Nullable Set<String> given) {
    List<String> opening = opening(owner, caller);
    if (opening.isEmpty()) {
      return 403;
    }
    Definition newest = app.newest();
    if (newest == null) {
      return 404;
    }
    int refusal = judged(owner, caller, opening, newest, Set.of(), given);
    return refusal != 0 ? refusal : installed.containsKey(new Place(owner, app)) ? 409 : 201;
  }

  void installed(Owner owner, App app, String id) {
    Definition newest = app.required();
    installed.put(new Place(owner, app), new Installed(id, newest, part(newest.required(), owner)));
  }

  int upgrade(Owner owner, Caller caller, App app, @Nullable Set<String> given) {
    int answer = wouldUpgrade(owner, caller, app, given);
    if (answer == 204) {
      Place place = new Place(owner, app);
      Installed there = Objects.requireNonNull(installed.get(place));
      Definition newest = app.required();
      if (newest.version() > there.definition().version()) {
        installed.put(place, new Installed(there.id(), newest, part(newest.required(), owner)));
      }
    }
    return answer;
  }

  int wouldUpgrade(Owner owner, Caller caller, App app, @Nullable Set<String> given) {
    List<String> opening = opening(owner, caller);
    if (opening.isEmpty()) {
      return 403;
    }
    Definition newest = app.newest();
    if (newest == null) {
      return 404;
    }
    Set<String> before = Objects.requireNonNull(installed.get(new Place(owner, app))).consented();
    int refusal = judged(owner, caller, opening, newest, before, given);
    return refusal != 0 ? refusal : 204;
  }

  int remove(Owner owner, Caller caller, App app) {
    Place place = new Place(owner, app);
    List<String> opening = opening(owner, caller);
    Installed there = Objects.requireNonNull(installed.get(place));
    if (opening.isEmpty() || !reaches(opening, there.definition())) {
      return 403;
    }
    installed.remove(place);
    return 204;
  }

  /** The part of a set that is granted in an owner. */
  static Set<String> part(Set<String> required, Owner owner) {
    Set<String> part = new TreeSet<>();
    for (String one : required) {
      if (one.contains(owner.ending() + " ")) {
        part.add(one);
      }
    }
    return part;
  }

  /** The grants in an owner, each as its permission and the registration that has it. */
  Set<String> grants(Owner owner) {
    Set<String> grants = new TreeSet<>();
    installed.forEach(
        (place, there) -> {
          if (place.owner() == owner) {
            for (String one : there.consented()) {
              if (one.endsWith(" Application")) {
                String client = there.definition().client();
                grants.add(one.split(" ")[0] + " " + (client == null ? place.app().id : client));
              }
            }
          }
        });
    return grants;
  }

  /** The installations that are behind. */
  Set<String> behind() {
    Set<String> behind = new HashSet<>();
    installed.forEach(
        (place, there) -> {
          Definition newest = place.app().newest();
          if (newest != null && newest.version() > there.definition().version()) {
            behind.add(there.id());
          }
        });
    return behind;
  }

  private List<String> opening(Owner owner, Caller caller) {
    List<String> opening = new ArrayList<>();
    boolean known = !caller.family().equals("ReadWriteSelected") || owner.kind().equals("User");
    if (!caller.family().isEmpty() && known) {
      opening.add(caller.family());
    }
    if (caller.user() == null
        && owner.kind().equals("Chat")
        && grants(owner).contains(MANAGE + " " + SELF)) {
      opening.add(MANAGE);
    }
    return opening;
  }

  private static boolean reaches(List<String> opening, Definition definition) {
    return SELF.equals(definition.client())
        || opening.stream().anyMatch(one -> !one.endsWith("Self"));
  }

  /** 0 for yes, else the status of the refusal. */
  private int judged(
      Owner owner,
      Caller caller,
      List<String> opening,
      Definition newest,
      Set<String> before,
      @Nullable Set<String> given) {
    if (!reaches(opening, newest)) {
      return 403;
    }
    Set<String> part = part(newest.required(), owner);
    boolean needs =
        part.stream().anyMatch(one -> one.endsWith(" Application") && !before.contains(one));
    boolean own = SELF.equals(newest.client());
    boolean can =
        opening.contains("ReadWriteAndConsent")
            || opening.contains("ManageSelected")
            || (own && opening.contains("ReadWriteAndConsentSelf"));
    boolean on =
        owner.kind().equals("Team") || (owner.kind().equals("User") ? userConsent : chatConsent);
    boolean belongs = caller.user() == null || owner.members().contains(caller.user());
    if (needs && !(on && can && belongs)) {
      return 403;
    }
    if (given == null) {
      return needs ? 400 : 0;
    }
    return given.equals(newest.required()) || given.equals(part) ? 0 : 400;
  }
}
