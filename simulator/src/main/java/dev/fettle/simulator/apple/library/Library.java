package dev.fettle.simulator.apple.library;

import dev.fettle.simulator.apple.library.AppleRefusal.Culprits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One library with all its state: assets, assignments, users, events and the client's settings.
 *
 * <p>Every method takes the library's monitor, works on memory alone and returns what must be told
 * to the client as {@link Notice}s, which the caller sends after the monitor is free.
 */
public final class Library {
  /** An event that nobody asks about any more makes room for new ones. */
  private static final int EVENTS_KEPT = 10_000;

  private final Profile profile;
  private final Map<AssetId, Asset> assets = new LinkedHashMap<>();
  private final Map<Assignment, Long> assignments = new LinkedHashMap<>();
  private final Map<AssetId, Map<Target, Assignment>> holders = new LinkedHashMap<>();
  private final List<UserRow> users = new ArrayList<>();
  private final Map<String, UserRow> activeUsers = new LinkedHashMap<>();
  private final Map<String, Event> events = new LinkedHashMap<>();
  private final List<TaskFault> taskFaults = new ArrayList<>();
  private final Versions assetVersions;
  private final Versions assignmentVersions;
  private final Versions userVersions;
  private ClientConfig config = ClientConfig.EMPTY;
  private int serial;

  /** An empty library. */
  public Library(Profile profile) {
    this.profile = profile;
    assetVersions = new Versions(profile.uId(), "assets");
    assignmentVersions = new Versions(profile.uId(), "assignments");
    userVersions = new Versions(profile.uId(), "users");
  }

  /**
   * What never changes about a library.
   *
   * @param uId Apple's number for it
   * @param organisation the organisation's name, which content tokens carry
   * @param location the location's name
   * @param country ISO alpha-2, upper case
   * @param education whether it belongs to a school
   * @param domain the domain of the organisation's managed Apple Accounts
   */
  public record Profile(
      String uId,
      String organisation,
      String location,
      String country,
      boolean education,
      String domain) {}

  /** One licence held. */
  public record Assignment(AssetId asset, Target target) {}

  /**
   * Tasks that the administration wants to fail: null matches anything.
   *
   * @param times how many tasks may still fail; negative for no end
   */
  public record TaskFault(
      @Nullable String adamId,
      @Nullable String clientUserId,
      @Nullable String serialNumber,
      AppleError error,
      int times) {}

  /** A user with the version at which it last changed. */
  private static final class UserRow {
    private User user;
    private long changed;

    UserRow(User user, long changed) {
      this.user = user;
      this.changed = changed;
    }
  }

  /** What never changes about it. */
  public Profile profile() {
    return profile;
  }

  /** Apple's number for it. */
  public String uId() {
    return profile.uId();
  }

  // Client configuration

  /** What the management service left with it. */
  public synchronized ClientConfig config() {
    return config;
  }

  /** Replaces what the management service left with it. */
  public synchronized void configure(ClientConfig next) {
    config = next;
  }

  /** Another management service becomes the owner. */
  public synchronized void takeOver(MdmInfo owner) {
    config = config.withMdmInfo(owner);
  }

  // Reading

  /** A page of the assets that pass the filter. */
  public synchronized Page<Asset> assets(Predicate<Asset> filter, int index, int size) {
    List<Asset> found = assets.values().stream().filter(filter).toList();
    return Page.cut(found, index, size, assetVersions.id());
  }

  /** Assignments with the user's state beside each that a user holds. */
  public synchronized Page<AssignmentView> assignments(
      Predicate<Assignment> filter,
      boolean excludeInactive,
      @Nullable String since,
      int index,
      int size) {
    long after = since == null ? -1 : assignmentVersions.parse(since);
    List<AssignmentView> found = new ArrayList<>();
    assignments.forEach(
        (assignment, changed) -> {
          if (changed > after && filter.test(assignment)) {
            AssignmentView view = view(assignment);
            if (!excludeInactive || view.user() == null || view.user().active()) {
              found.add(view);
            }
          }
        });
    return Page.cut(found, index, size, assignmentVersions.id());
  }

  /** An assignment and, if a user holds it, that user. */
  public record AssignmentView(Assignment assignment, @Nullable User user) {}

  private AssignmentView view(Assignment assignment) {
    return new AssignmentView(
        assignment,
        switch (assignment.target()) {
          case Target.Device _ -> null;
          case Target.Person person -> activeUser(person.clientUserId()).orElse(null);
        });
  }

  /** A page of the users that pass the filter and changed since a version, if one is given. */
  public synchronized Page<User> users(
      Predicate<User> filter, @Nullable String since, int index, int size) {
    long after = since == null ? -1 : userVersions.parse(since);
    List<User> found =
        users.stream()
            .filter(row -> row.changed > after)
            .map(row -> row.user)
            .filter(filter)
            .toList();
    return Page.cut(found, index, size, userVersions.id());
  }

  /** The asset of this identity. */
  public synchronized Optional<Asset> asset(AssetId id) {
    return Optional.ofNullable(assets.get(id));
  }

  /** The asset of this number, the one at the standard pricing first. */
  public synchronized Optional<Asset> assetByNumber(String adamId) {
    Asset standard = assets.get(AssetId.standard(adamId));
    return standard != null
        ? Optional.of(standard)
        : assets.values().stream().filter(asset -> asset.id().adamId().equals(adamId)).findFirst();
  }

  /** What the library holds, for the administration. */
  public synchronized Counts counts() {
    int active = activeUsers.size();
    int pending = (int) events.values().stream().filter(event -> !event.done()).count();
    return new Counts(assets.size(), assignments.size(), users.size(), active, pending);
  }

  /** Sizes of a library's collections. */
  public record Counts(
      int assets, int assignments, int users, int activeUsers, int pendingEvents) {}

  private Optional<User> activeUser(String clientUserId) {
    UserRow row = activeUsers.get(clientUserId);
    return row == null ? Optional.empty() : Optional.of(row.user);
  }

  // The administration's changes

  /** Puts assets in, in place of those of the same identity. */
  public synchronized void addAssets(Collection<Asset> added) {
    for (Asset asset : added) {
      assets.put(asset.id(), asset);
    }
    assetVersions.move();
  }

  /**
   * A purchase, a transfer or a refund. Licences that are held stay held: a negative change stops
   * where nothing is available any more.
   */
  public synchronized List<Notice> changeTotal(AssetId id, int delta) {
    Asset asset = known(id);
    if (asset.unlimited()) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT, Culprits.assets(List.of(id)));
    }
    long wanted = (long) asset.total() + delta;
    int total = (int) Math.clamp(wanted, asset.assigned() + asset.retired(), Asset.UNLIMITED - 1L);
    if (total == asset.total()) {
      return List.of();
    }
    assets.put(id, asset.withTotal(total));
    assetVersions.move();
    ObjectNode body = object();
    body.put("adamId", id.adamId());
    body.put("pricingParam", id.pricingParam());
    body.put("countDelta", total - asset.total());
    return List.of(new Notice(Notice.ASSET_COUNT, body));
  }

  /** An asset that left the library with all its licences. */
  public synchronized void removeAsset(AssetId id) {
    known(id);
    for (Target holder : List.copyOf(holders.getOrDefault(id, Map.of()).keySet())) {
      release(new Assignment(id, holder));
    }
    assets.remove(id);
    assetVersions.move();
  }

  /** A user accepts the invitation. */
  public synchronized List<Notice> accept(String clientUserId) {
    UserRow row = activeUsers.get(clientUserId);
    if (row == null) {
      throw new AppleRefusal(
          AppleError.REGISTERED_USER_NOT_FOUND, Culprits.clientUserIds(List.of(clientUserId)));
    }
    if (row.user.status() == User.Status.ASSOCIATED) {
      return List.of();
    }
    change(row, row.user.with(User.Status.ASSOCIATED, hash(clientUserId + "@personal")));
    ObjectNode body = object();
    ObjectNode entry = body.putArray("associatedUsers").addObject();
    entry.put("clientUserId", clientUserId);
    entry.put("idHash", row.user.idHash());
    return List.of(new Notice(Notice.USER_ASSOCIATED, body));
  }

  /** Whoever opens the invitation's link accepts it. */
  public synchronized Optional<String> invited(String inviteCode) {
    return activeUsers.values().stream()
        .map(row -> row.user)
        .filter(user -> user.inviteCode().equals(inviteCode))
        .map(User::clientUserId)
        .findFirst();
  }

  /** Lets tasks fail from now on. */
  public synchronized void failTasks(TaskFault fault) {
    taskFaults.add(fault);
  }

  /** Lets no more tasks fail. */
  public synchronized void clearTaskFaults() {
    taskFaults.clear();
  }

  // Events

  /** Takes on an event, of which nothing is done yet. */
  public synchronized Event start(Event.Type type, List<Task> tasks, EventPace pace) {
    String id =
        UUID.nameUUIDFromBytes((uId() + "/event/" + ++serial).getBytes(StandardCharsets.UTF_8))
            .toString();
    Event event = new Event(id, type, tasks, pace);
    events.put(id, event);
    if (events.size() > EVENTS_KEPT) {
      Iterator<Event> oldest = events.values().iterator();
      oldest.next();
      oldest.remove();
    }
    return event;
  }

  /** A revoke names only targets: its tasks are the revocable licences that they hold now. */
  public synchronized Event startRevoke(List<Target> targets, EventPace pace) {
    List<Task> tasks = new ArrayList<>();
    for (Assignment assignment : assignments.keySet()) {
      if (targets.contains(assignment.target())
          && Objects.requireNonNull(assets.get(assignment.asset())).revocable()) {
        tasks.add(new Task.Disassociate(assignment.asset(), assignment.target()));
      }
    }
    return start(Event.Type.REVOKE, tasks, pace);
  }

  /** What a status request is told, and what it moved along. */
  public record Polled(Event.Progress progress, List<Notice> notices) {}

  /** Answers a status request, which moves an event along whose pace is set by them. */
  public synchronized Polled poll(String eventId) {
    Event event = event(eventId);
    List<Notice> notices =
        event.pace() instanceof EventPace.Polls(int pending) && !event.done()
            ? work(event, event.duePoll(pending))
            : List.of();
    return new Polled(event.progress(), notices);
  }

  /** Does everything that an event still has to do. */
  public synchronized List<Notice> finish(String eventId) {
    Event event = event(eventId);
    return event.done() ? List.of() : work(event, event.size());
  }

  /** The ids of the events that have something left to do. */
  public synchronized List<String> unfinishedEvents() {
    return events.values().stream().filter(event -> !event.done()).map(Event::id).toList();
  }

  private Event event(String id) {
    Event event = events.get(id);
    if (event == null) {
      throw new AppleRefusal(AppleError.UNKNOWN_EVENT);
    }
    return event;
  }

  private List<Notice> work(Event event, int upTo) {
    List<Outcome> outcomes = new ArrayList<>();
    int worked = event.progress().completed() + event.progress().failures().size();
    for (int done = worked; done < upTo; done++) {
      Task task = event.take();
      AppleError error = perform(task);
      if (error != null) {
        event.failed(new Event.Failure(task, error));
      }
      outcomes.add(new Outcome(task, error));
    }
    return Notices.of(event, outcomes);
  }

  /** What became of a task; null error for success. */
  record Outcome(Task task, @Nullable AppleError error) {}

  private @Nullable AppleError perform(Task task) {
    AppleError wanted = wantedFailure(task);
    if (wanted != null) {
      return wanted;
    }
    return switch (task) {
      case Task.Associate(AssetId asset, Target target) -> associate(new Assignment(asset, target));
      case Task.Disassociate(AssetId asset, Target target) ->
          disassociate(new Assignment(asset, target));
      case Task.Create(Task.UserEntry entry) -> create(entry);
      case Task.Update(Task.UserEntry entry) -> update(entry);
      case Task.Retire(Task.UserEntry entry) -> retire(entry.clientUserId());
    };
  }

  private @Nullable AppleError wantedFailure(Task task) {
    for (int i = 0; i < taskFaults.size(); i++) {
      TaskFault fault = taskFaults.get(i);
      if (fault.times() != 0 && Notices.concerns(fault, task)) {
        if (fault.times() > 0) {
          taskFaults.set(
              i,
              new TaskFault(
                  fault.adamId(),
                  fault.clientUserId(),
                  fault.serialNumber(),
                  fault.error(),
                  fault.times() - 1));
        }
        return fault.error();
      }
    }
    return null;
  }

  /**
   * Apple does not say what happens when the target has the asset already. Here the task counts as
   * done and takes no second licence.
   */
  private @Nullable AppleError associate(Assignment assignment) {
    Asset asset = assets.get(assignment.asset());
    if (asset == null) {
      return AppleError.NOT_ENOUGH_ASSETS;
    }
    if (assignment.target() instanceof Target.Person(String clientUserId)
        && activeUser(clientUserId).isEmpty()) {
      return AppleError.REGISTERED_USER_NOT_FOUND;
    }
    if (assignments.containsKey(assignment)) {
      return null;
    }
    if (asset.available() <= 0) {
      return AppleError.NOT_ENOUGH_ASSETS;
    }
    assignments.put(assignment, assignmentVersions.move());
    holders
        .computeIfAbsent(assignment.asset(), _ -> new LinkedHashMap<>())
        .put(assignment.target(), assignment);
    assets.put(asset.id(), asset.withAssigned(asset.assigned() + 1));
    assetVersions.move();
    return null;
  }

  /** Like its opposite, done when there is nothing to do. */
  private @Nullable AppleError disassociate(Assignment assignment) {
    if (assignments.containsKey(assignment)) {
      release(assignment);
    }
    return null;
  }

  private void release(Assignment assignment) {
    assignments.remove(assignment);
    assignmentVersions.move();
    Objects.requireNonNull(holders.get(assignment.asset())).remove(assignment.target());
    Asset asset = known(assignment.asset());
    assets.put(asset.id(), asset.withAssigned(asset.assigned() - 1));
    assetVersions.move();
  }

  private @Nullable AppleError create(Task.UserEntry entry) {
    if (activeUsers.containsKey(entry.clientUserId())) {
      return AppleError.USER_EXISTS;
    }
    String account = entry.managedAppleId();
    AppleError obstacle = account == null ? null : obstacleToLink(entry.clientUserId(), account);
    if (obstacle != null) {
      return obstacle;
    }
    User user =
        new User(
            entry.clientUserId(),
            entry.email(),
            account,
            account == null ? User.Status.REGISTERED : User.Status.ASSOCIATED,
            inviteCode(entry.clientUserId()),
            account == null ? null : hash(account));
    UserRow row = new UserRow(user, userVersions.move());
    users.add(row);
    activeUsers.put(user.clientUserId(), row);
    return null;
  }

  private @Nullable AppleError update(Task.UserEntry entry) {
    UserRow row = activeUsers.get(entry.clientUserId());
    if (row == null) {
      return AppleError.REGISTERED_USER_NOT_FOUND;
    }
    String account = entry.managedAppleId();
    AppleError obstacle = account == null ? null : obstacleToLink(entry.clientUserId(), account);
    if (obstacle != null) {
      return obstacle;
    }
    User old = row.user;
    change(
        row,
        new User(
            old.clientUserId(),
            entry.email() == null ? old.email() : entry.email(),
            account == null ? old.managedAppleId() : account,
            account == null ? old.status() : User.Status.ASSOCIATED,
            old.inviteCode(),
            account == null ? old.idHash() : hash(account)));
    return null;
  }

  private @Nullable AppleError retire(String clientUserId) {
    UserRow row = activeUsers.remove(clientUserId);
    if (row == null) {
      return AppleError.REGISTERED_USER_NOT_FOUND;
    }
    change(row, row.user.with(User.Status.RETIRED, row.user.idHash()));
    Target person = new Target.Person(clientUserId);
    for (Assignment assignment : List.copyOf(assignments.keySet())) {
      if (assignment.target().equals(person)) {
        release(assignment);
      }
    }
    return null;
  }

  private @Nullable AppleError obstacleToLink(String clientUserId, String account) {
    if (!account.endsWith("@" + profile.domain())) {
      return AppleError.ACCOUNT_CANNOT_BE_LINKED;
    }
    boolean linked =
        activeUsers.values().stream()
            .map(row -> row.user)
            .anyMatch(
                user ->
                    account.equals(user.managedAppleId())
                        && !user.clientUserId().equals(clientUserId));
    return linked ? AppleError.ACCOUNT_ALREADY_LINKED : null;
  }

  private void change(UserRow row, User next) {
    row.user = next;
    row.changed = userVersions.move();
  }

  private Asset known(AssetId id) {
    Asset asset = assets.get(id);
    if (asset == null) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT, Culprits.assets(List.of(id)));
    }
    return asset;
  }

  private String inviteCode(String clientUserId) {
    return hash("invite/" + users.size() + "/" + clientUserId).substring(0, 32);
  }

  private String hash(String text) {
    return Secrets.derive(uId() + "/" + text);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
