package dev.fettle.simulator.apple;

import dev.fettle.simulator.apple.AppleRefusal.Culprits;
import dev.fettle.simulator.apple.Library.AssignmentView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documented operations.
 *
 * <p>The order of refusals is not documented. Here it is: method, content type, Authorization
 * header, token, rate, rights, arguments.
 */
final class Api {
  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");
  private static final List<String> NOTIFICATION_TYPES =
      List.of(
          Notice.ASSET_MANAGEMENT,
          Notice.USER_MANAGEMENT,
          Notice.USER_ASSOCIATED,
          Notice.ASSET_COUNT,
          "SUBSCRIPTION_MANAGEMENT",
          "SUBSCRIPTION_COUNT",
          "UNLIMITED_ASSET");

  private final Apple apple;

  Api(Apple apple) {
    this.apple = apple;
  }

  /** An authenticated request: the library, and the token that opened it. */
  private record Session(Library library, ContentToken token) {}

  Answer answer(Operation operation, Question question) {
    try {
      if (!operation.allows(question.method())) {
        throw new AppleRefusal(AppleError.WRONG_METHOD);
      }
      if (question.method().equals("POST") && !json(question.contentType())) {
        throw new AppleRefusal(AppleError.WRONG_CONTENT_TYPE);
      }
      if (operation == Operation.SERVICE_CONFIG) {
        return ok(serviceConfig(question));
      }
      Session session = authenticate(question);
      if (!apple
          .rate()
          .pass(
              session.library().uId(),
              apple.rules().limits().maxRequestPerSecond(),
              System.nanoTime())) {
        throw new AppleRefusal(AppleError.TOO_MANY_REQUESTS);
      }
      if (session.token().readOnly() && question.method().equals("POST")) {
        throw new AppleRefusal(AppleError.NOT_ALLOWED_FOR_ACCOUNT);
      }
      return ok(perform(operation, question, session));
    } catch (AppleRefusal refusal) {
      return refuse(refusal);
    }
  }

  private ObjectNode perform(Operation operation, Question question, Session session) {
    ObjectNode body =
        switch (operation) {
          case SERVICE_CONFIG -> throw new IllegalStateException("answered without a session");
          case CLIENT_CONFIG -> clientConfig(question, session.library());
          case GET_ASSETS -> assets(question, session.library());
          case GET_ASSIGNMENTS -> assignments(question, session.library());
          case GET_USERS -> users(question, session.library());
          case ASSOCIATE -> manage(question, session.library(), Event.Type.ASSOCIATE);
          case DISASSOCIATE -> manage(question, session.library(), Event.Type.DISASSOCIATE);
          case REVOKE -> revoke(question, session.library());
          case CREATE_USERS -> manageUsers(question, session.library(), Event.Type.CREATE);
          case UPDATE_USERS -> manageUsers(question, session.library(), Event.Type.UPDATE);
          case RETIRE_USERS -> manageUsers(question, session.library(), Event.Type.RETIRE);
          case EVENT_STATUS -> status(question, session.library());
        };
    MdmInfo owner = session.library().config().mdmInfo();
    if (owner != null) {
      ObjectNode info = body.putObject("mdmInfo");
      info.put("id", owner.id());
      info.put("metadata", owner.metadata());
      info.put("name", owner.name());
    }
    body.put("tokenExpirationDate", ContentTokens.time(session.token().expires()));
    body.put("uId", session.library().uId());
    return body;
  }

  private Session authenticate(Question question) {
    ContentToken token =
        apple
            .tokens()
            .find(question.bearer())
            .orElseThrow(() -> new AppleRefusal(AppleError.INVALID_AUTHENTICATION_TOKEN));
    if (token.revoked()) {
      throw new AppleRefusal(AppleError.TOKEN_REVOKED);
    }
    if (!apple.now().isBefore(token.expires())) {
      throw new AppleRefusal(AppleError.TOKEN_EXPIRED);
    }
    return new Session(
        apple
            .library(token.uId())
            .orElseThrow(() -> new AppleRefusal(AppleError.INVALID_AUTHENTICATION_TOKEN)),
        token);
  }

  private static boolean json(@Nullable String contentType) {
    return contentType != null
        && contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  // Configuration

  private ObjectNode serviceConfig(Question question) {
    ObjectNode body = object();
    ArrayNode errors = body.putArray("errorCodes");
    for (AppleError error : AppleError.values()) {
      ObjectNode entry = errors.addObject();
      entry.put("errorMessage", error.message());
      entry.put("errorNumber", error.number());
    }
    Limits limits = apple.rules().limits();
    ObjectNode announced = body.putObject("limits");
    announced.put("maxAssets", limits.maxAssets());
    announced.put("maxClientUserIds", limits.maxClientUserIds());
    announced.put("maxMdmIdLength", Limits.MAX_MDM_ID_LENGTH);
    announced.put("maxMdmMetadataLength", Limits.MAX_MDM_METADATA_LENGTH);
    announced.put("maxMdmNameLength", Limits.MAX_MDM_NAME_LENGTH);
    announced.put("maxNotificationLength", limits.maxNotificationLength());
    announced.put("maxRequestPerSecond", limits.maxRequestPerSecond());
    announced.put("maxRevokeClientUserIds", limits.maxRevokeClientUserIds());
    announced.put("maxRevokeSerialNumbers", limits.maxRevokeSerialNumbers());
    announced.put("maxSerialNumbers", limits.maxSerialNumbers());
    announced.put("maxUsers", limits.maxUsers());
    ArrayNode types = body.putArray("notificationTypes");
    NOTIFICATION_TYPES.forEach(types::add);
    ObjectNode urls = body.putObject("urls");
    for (Operation operation : Operation.values()) {
      if (operation != Operation.SERVICE_CONFIG) {
        urls.put(operation.wire(), question.base() + operation.path());
      }
    }
    urls.put(Lookup.WIRE, question.base() + Lookup.PATH);
    urls.put(
        "invitationEmail",
        question.base() + "/stand-in/invitation?inviteCode=%25inviteCode%25&mt=8");
    return body;
  }

  private ObjectNode clientConfig(Question question, Library library) {
    if (question.method().equals("POST")) {
      change(body(question), library);
    }
    ClientConfig config = library.config();
    ObjectNode body = object();
    boolean education = library.profile().education();
    body.put("countryISO2ACode", library.profile().country());
    body.put("defaultPlatform", education ? "volumestore" : "enterprisestore");
    body.put("locationName", library.profile().location());
    if (config.notificationAuthToken() != null) {
      body.put("notificationAuthToken", config.notificationAuthToken());
    }
    if (config.notificationUrl() != null) {
      body.put("notificationUrl", config.notificationUrl());
    }
    if (!config.notificationTypes().isEmpty()) {
      ArrayNode types = body.putArray("subscribedNotificationTypes");
      config.notificationTypes().forEach(types::add);
    }
    body.put("websiteURL", education ? "https://school.apple.com" : "https://business.apple.com");
    return body;
  }

  /**
   * Everything is checked, and the test notification answered, before anything is stored. Apple
   * does not say how notifications are switched off; here an empty URL with an empty bearer does.
   */
  private void change(ObjectNode body, Library library) {
    ClientConfig next = library.config();
    if (present(body, "mdmInfo")) {
      next = next.withMdmInfo(mdmInfo(body.path("mdmInfo")));
    }
    if (present(body, "notificationTypes")) {
      next = next.withTypes(types(body));
    }
    String url = text(body, "notificationUrl");
    String bearer = text(body, "notificationAuthToken");
    if (url == null ? bearer != null : bearer == null || url.isEmpty() != bearer.isEmpty()) {
      throw new AppleRefusal(AppleError.NOTIFICATION_INCOMPLETE);
    }
    if (url != null && bearer != null) {
      next = url.isEmpty() ? next.withNotifications(null, null) : heard(next, library, url, bearer);
    }
    library.configure(next);
  }

  private ClientConfig heard(ClientConfig next, Library library, String url, String bearer) {
    int most = apple.rules().limits().maxNotificationLength();
    if (url.length() > most || bearer.length() > most) {
      throw new AppleRefusal(AppleError.NOTIFICATION_TOO_LONG);
    }
    if (!apple.notifier().acceptable(url)) {
      throw new AppleRefusal(AppleError.NOTIFICATION_URL_INVALID);
    }
    if (!apple.notifier().test(library.uId(), url, bearer)) {
      throw new AppleRefusal(AppleError.NOTIFICATION_URL_UNREACHABLE);
    }
    return next.withNotifications(url, bearer);
  }

  private static MdmInfo mdmInfo(JsonNode given) {
    String id = given.path("id").stringValue("");
    String name = given.path("name").stringValue("");
    String metadata = given.path("metadata").stringValue("");
    if (id.isEmpty() || name.isEmpty() || metadata.isEmpty()) {
      throw new AppleRefusal(AppleError.MDM_INFO_INCOMPLETE);
    }
    if (id.length() > Limits.MAX_MDM_ID_LENGTH) {
      throw new AppleRefusal(AppleError.MDM_ID_TOO_LONG);
    }
    if (name.length() > Limits.MAX_MDM_NAME_LENGTH) {
      throw new AppleRefusal(AppleError.MDM_NAME_TOO_LONG);
    }
    if (metadata.length() > Limits.MAX_MDM_METADATA_LENGTH) {
      throw new AppleRefusal(AppleError.MDM_METADATA_TOO_LONG);
    }
    return new MdmInfo(id, name, metadata);
  }

  private static List<String> types(ObjectNode body) {
    List<String> types = new ArrayList<>();
    for (String type : strings(body, "notificationTypes")) {
      if (type.equals(Notice.TEST)) {
        continue;
      }
      if (!NOTIFICATION_TYPES.contains(type)) {
        throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
      }
      types.add(type);
    }
    return types;
  }

  // Reading

  private ObjectNode assets(Question question, Library library) {
    String productType = question.text("productType");
    String pricing = question.text("pricingParam");
    String adamId = question.text("adamId");
    Boolean revocable = question.flag("revocable");
    Boolean deviceAssignable = question.flag("deviceAssignable");
    Boolean unlimited = question.flag("unlimited");
    Integer minAssigned = question.number("minAssignedCount");
    Integer maxAssigned = question.number("maxAssignedCount");
    Integer minAvailable = question.number("minAvailableCount");
    Integer maxAvailable = question.number("maxAvailableCount");
    Predicate<Asset> filter =
        asset ->
            (productType == null || productType.equals(asset.productType()))
                && (pricing == null || pricing.equals(asset.id().pricingParam()))
                && (adamId == null || adamId.equals(asset.id().adamId()))
                && (revocable == null || revocable == asset.revocable())
                && (deviceAssignable == null || deviceAssignable == asset.deviceAssignable())
                && !(Boolean.FALSE.equals(unlimited) && asset.unlimited())
                && (minAssigned == null || asset.assigned() >= minAssigned)
                && (maxAssigned == null || asset.assigned() <= maxAssigned)
                && (minAvailable == null || asset.available() >= minAvailable)
                && (maxAvailable == null || asset.available() <= maxAvailable);
    Page<Asset> page = library.assets(filter, question.pageIndex(), apple.rules().pageSize());
    ObjectNode body = object();
    ArrayNode limited = body.putArray("assets");
    boolean apart = Boolean.TRUE.equals(unlimited);
    ArrayNode free = apart ? body.putArray("unlimitedAssets") : limited;
    for (Asset asset : page.items()) {
      boolean countless = apart && asset.unlimited();
      describe((countless ? free : limited).addObject(), asset, countless);
    }
    paging(body, page);
    return body;
  }

  private static void describe(ObjectNode entry, Asset asset, boolean countless) {
    entry.put("adamId", asset.id().adamId());
    entry.put("assignedCount", asset.assigned());
    if (!countless) {
      entry.put("availableCount", asset.available());
    }
    entry.put("deviceAssignable", asset.deviceAssignable());
    entry.put("pricingParam", asset.id().pricingParam());
    entry.put("productType", asset.productType());
    if (!countless) {
      entry.put("retiredCount", asset.retired());
    }
    entry.put("revocable", asset.revocable());
    ArrayNode platforms = entry.putArray("supportedPlatforms");
    asset.supportedPlatforms().forEach(platforms::add);
    if (!countless) {
      entry.put("totalCount", asset.total());
    }
  }

  private ObjectNode assignments(Question question, Library library) {
    String adamId = question.text("adamId");
    String pricing = question.text("pricingParam");
    String clientUserId = question.text("clientUserId");
    String serialNumber = question.text("serialNumber");
    boolean withState = Boolean.TRUE.equals(question.flag("includeUserState"));
    boolean activeOnly = Boolean.TRUE.equals(question.flag("excludeInactiveUsers"));
    Predicate<Library.Assignment> filter =
        assignment ->
            (adamId == null || adamId.equals(assignment.asset().adamId()))
                && (pricing == null || pricing.equals(assignment.asset().pricingParam()))
                && (clientUserId == null
                    || assignment.target().equals(new Target.Person(clientUserId)))
                && (serialNumber == null
                    || assignment.target().equals(new Target.Device(serialNumber)));
    Page<AssignmentView> page =
        library.assignments(
            filter,
            activeOnly,
            question.text("sinceVersionId"),
            question.pageIndex(),
            apple.rules().pageSize());
    ObjectNode body = object();
    ArrayNode entries = body.putArray("assignments");
    for (AssignmentView view : page.items()) {
      ObjectNode entry = entries.addObject();
      Notices.licence(entry, view.assignment().asset(), view.assignment().target());
      User user = view.user();
      if (withState && user != null) {
        entry.put("userStatus", user.status().wire());
        if (user.idHash() != null) {
          entry.put("idHash", user.idHash());
        }
      }
    }
    paging(body, page);
    return body;
  }

  private ObjectNode users(Question question, Library library) {
    String clientUserId = question.text("clientUserId");
    String account = question.text("managedAppleId");
    boolean activeOnly = Boolean.TRUE.equals(question.flag("activeOnly"));
    boolean retiredOnly = Boolean.TRUE.equals(question.flag("retiredOnly"));
    Predicate<User> filter =
        user ->
            (clientUserId == null || clientUserId.equals(user.clientUserId()))
                && (account == null || account.equals(user.managedAppleId()))
                && (!activeOnly || user.active())
                && (!retiredOnly || !user.active());
    Page<User> page =
        library.users(
            filter,
            question.text("sinceVersionId"),
            question.pageIndex(),
            apple.rules().pageSize());
    ObjectNode body = object();
    ArrayNode entries = body.putArray("users");
    for (User user : page.items()) {
      ObjectNode entry = entries.addObject();
      entry.put("clientUserId", user.clientUserId());
      if (user.email() != null) {
        entry.put("email", user.email());
      }
      if (user.idHash() != null) {
        entry.put("idHash", user.idHash());
      }
      if (user.status() == User.Status.REGISTERED) {
        entry.put("inviteCode", user.inviteCode());
      }
      if (user.managedAppleId() != null) {
        entry.put("managedAppleId", user.managedAppleId());
      }
      entry.put("status", user.status().wire());
    }
    paging(body, page);
    return body;
  }

  private static void paging(ObjectNode body, Page<?> page) {
    body.put("currentPageIndex", page.index());
    Integer next = page.next();
    if (next != null) {
      body.put("nextPageIndex", next);
    }
    body.put("size", page.items().size());
    body.put("totalPages", page.totalPages());
    body.put("versionId", page.versionId());
  }

  // Writing

  private ObjectNode manage(Question question, Library library, Event.Type type) {
    ObjectNode body = body(question);
    Limits limits = apple.rules().limits();
    List<AssetId> assets = assetIds(body);
    if (assets.isEmpty()) {
      throw new AppleRefusal(AppleError.ASSETS_MISSING);
    }
    if (assets.size() > limits.maxAssets()) {
      throw new AppleRefusal(AppleError.TOO_MANY_ASSETS);
    }
    refuseRepeated(assets, AppleError.DUPLICATE_ASSETS, Culprits::assets);
    List<Target> targets = targets(body, limits.maxClientUserIds(), limits.maxSerialNumbers());
    for (AssetId id : assets) {
      // Nobody documents what an asset of another library answers; it is an argument that is wrong.
      Asset asset =
          library
              .asset(id)
              .orElseThrow(
                  () ->
                      new AppleRefusal(AppleError.INVALID_ARGUMENT, Culprits.assets(List.of(id))));
      boolean devices = targets.stream().anyMatch(Target.Device.class::isInstance);
      if (type == Event.Type.ASSOCIATE && devices && !asset.deviceAssignable()) {
        throw new AppleRefusal(AppleError.NOT_DEVICE_ASSIGNABLE, Culprits.assets(List.of(id)));
      }
      if (type == Event.Type.DISASSOCIATE && !asset.revocable()) {
        throw new AppleRefusal(AppleError.NOT_REVOCABLE, Culprits.assets(List.of(id)));
      }
    }
    List<Task> tasks = new ArrayList<>(assets.size() * targets.size());
    for (AssetId asset : assets) {
      for (Target target : targets) {
        tasks.add(
            type == Event.Type.ASSOCIATE
                ? new Task.Associate(asset, target)
                : new Task.Disassociate(asset, target));
      }
    }
    return begun(library, library.start(type, tasks, apple.rules().pace()));
  }

  private ObjectNode revoke(Question question, Library library) {
    Limits limits = apple.rules().limits();
    List<Target> targets =
        targets(body(question), limits.maxRevokeClientUserIds(), limits.maxRevokeSerialNumbers());
    return begun(library, library.startRevoke(targets, apple.rules().pace()));
  }

  private ObjectNode manageUsers(Question question, Library library, Event.Type type) {
    JsonNode given = body(question).path("users");
    if (!given.isArray() || given.isEmpty()) {
      throw new AppleRefusal(AppleError.USERS_MISSING);
    }
    if (given.size() > apple.rules().limits().maxUsers()) {
      throw new AppleRefusal(AppleError.TOO_MANY_USERS);
    }
    List<String> ids = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (JsonNode one : given) {
      Task.UserEntry entry =
          new Task.UserEntry(
              required(one, "clientUserId"), text(one, "email"), text(one, "managedAppleId"));
      if (entry.email() != null && !EMAIL.matcher(entry.email()).matches()) {
        throw new AppleRefusal(
            AppleError.INVALID_EMAIL, Culprits.clientUserIds(List.of(entry.clientUserId())));
      }
      ids.add(entry.clientUserId());
      tasks.add(
          switch (type) {
            case CREATE -> new Task.Create(entry);
            case UPDATE -> new Task.Update(entry);
            case RETIRE -> new Task.Retire(entry);
            case ASSOCIATE, DISASSOCIATE, REVOKE ->
                throw new IllegalStateException("not about users: " + type);
          });
    }
    refuseRepeated(ids, AppleError.DUPLICATE_USERS, Culprits::clientUserIds);
    return begun(library, library.start(type, tasks, apple.rules().pace()));
  }

  private ObjectNode begun(Library library, Event event) {
    apple.run(library, event);
    ObjectNode body = object();
    body.put("eventId", event.id());
    return body;
  }

  private ObjectNode status(Question question, Library library) {
    String eventId = question.text("eventId");
    if (eventId == null) {
      throw new AppleRefusal(AppleError.UNKNOWN_EVENT);
    }
    Library.Polled polled = library.poll(eventId);
    apple.notifier().send(library, polled.notices());
    Event.Progress progress = polled.progress();
    ObjectNode body = object();
    body.put("eventStatus", progress.state().name());
    body.put("eventType", progress.type().name());
    if (!progress.failures().isEmpty()) {
      failures(body.putArray("failures"), progress.failures());
    }
    body.put("numCompleted", progress.completed());
    body.put("numRequested", progress.requested());
    return body;
  }

  private void failures(ArrayNode list, List<Event.Failure> failures) {
    for (AppleError error : failures.stream().map(Event.Failure::error).distinct().toList()) {
      Set<AssetId> assets = new LinkedHashSet<>();
      Set<String> users = new LinkedHashSet<>();
      Set<String> serials = new LinkedHashSet<>();
      BiConsumer<AssetId, Target> licence =
          (asset, target) -> {
            assets.add(asset);
            switch (target) {
              case Target.Device(String serial) -> serials.add(serial);
              case Target.Person(String user) -> users.add(user);
            }
          };
      for (Event.Failure failure : failures) {
        if (failure.error() == error) {
          switch (failure.task()) {
            case Task.Associate(AssetId asset, Target target) -> licence.accept(asset, target);
            case Task.Disassociate(AssetId asset, Target target) -> licence.accept(asset, target);
            case Task.Create(Task.UserEntry user) -> users.add(user.clientUserId());
            case Task.Update(Task.UserEntry user) -> users.add(user.clientUserId());
            case Task.Retire(Task.UserEntry user) -> users.add(user.clientUserId());
          }
        }
      }
      // In Apple's own example a missing user is blamed alone, not the asset it was meant to get.
      List<AssetId> blamed =
          error == AppleError.REGISTERED_USER_NOT_FOUND ? List.of() : List.copyOf(assets);
      error(
          list.addObject(),
          error.number(),
          error.message(),
          new Culprits(blamed, List.copyOf(users), List.copyOf(serials)));
    }
  }

  // Errors

  /** An error of Apple's by its number, in the shape and with the status it usually has. */
  Answer error(int number, @Nullable Integer status, @Nullable String retryAfter) {
    AppleError known = AppleError.of(number).orElse(null);
    String message = known == null ? "An error that nobody has documented." : known.message();
    ObjectNode body = object();
    error(body, number, message, Culprits.NONE);
    int answered = status != null ? status : known == null ? 400 : known.status();
    return new Answer(
        answered, Answer.JSON, apple.json().writeValueAsString(body), retryAfter, number);
  }

  private Answer refuse(AppleRefusal refusal) {
    AppleError error = refusal.error();
    ObjectNode body = object();
    error(body, error.number(), error.message(), refusal.culprits());
    int status =
        error == AppleError.INVALID_AUTHENTICATION_TOKEN
            ? apple.rules().garbageTokenStatus()
            : error.status();
    return new Answer(
        status,
        Answer.JSON,
        apple.json().writeValueAsString(body),
        status == 429 || status >= 500 ? "1" : null,
        error.number());
  }

  private static void error(ObjectNode body, int number, String message, Culprits culprits) {
    if (!culprits.isEmpty()) {
      ObjectNode info = body.putObject("errorInfo");
      if (!culprits.assets().isEmpty()) {
        ArrayNode assets = info.putArray("assets");
        for (AssetId id : culprits.assets()) {
          assets.addObject().put("adamId", id.adamId()).put("pricingParam", id.pricingParam());
        }
      }
      if (!culprits.clientUserIds().isEmpty()) {
        ArrayNode users = info.putArray("clientUserIds");
        culprits.clientUserIds().forEach(users::add);
      }
      if (!culprits.serialNumbers().isEmpty()) {
        ArrayNode serials = info.putArray("serialNumbers");
        culprits.serialNumbers().forEach(serials::add);
      }
    }
    body.put("errorMessage", message);
    body.put("errorNumber", number);
  }

  // Bodies

  private ObjectNode body(Question question) {
    try {
      if (apple.json().readTree(question.body()) instanceof ObjectNode body) {
        return body;
      }
    } catch (JacksonException e) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
  }

  private static List<AssetId> assetIds(ObjectNode body) {
    List<AssetId> ids = new ArrayList<>();
    for (JsonNode one : array(body, "assets")) {
      String pricing = text(one, "pricingParam");
      ids.add(new AssetId(required(one, "adamId"), pricing == null ? AssetId.STANDARD : pricing));
    }
    return ids;
  }

  private static List<Target> targets(ObjectNode body, int mostUsers, int mostSerials) {
    List<String> users = strings(body, "clientUserIds");
    List<String> serials = strings(body, "serialNumbers");
    if (users.isEmpty() && serials.isEmpty()) {
      throw new AppleRefusal(AppleError.TARGETS_MISSING);
    }
    if (users.size() > mostUsers) {
      throw new AppleRefusal(AppleError.TOO_MANY_USERS_IN_LIST);
    }
    if (serials.size() > mostSerials) {
      throw new AppleRefusal(AppleError.TOO_MANY_SERIALS);
    }
    refuseRepeated(users, AppleError.DUPLICATE_CLIENT_USER_IDS, Culprits::clientUserIds);
    refuseRepeated(serials, AppleError.DUPLICATE_SERIALS, Culprits::serialNumbers);
    List<Target> targets = new ArrayList<>();
    users.forEach(user -> targets.add(new Target.Person(user)));
    serials.forEach(serial -> targets.add(new Target.Device(serial)));
    return targets;
  }

  private static <T> void refuseRepeated(
      List<T> values, AppleError error, Function<List<T>, Culprits> culprits) {
    Set<T> seen = new HashSet<>();
    List<T> repeated = values.stream().filter(value -> !seen.add(value)).distinct().toList();
    if (!repeated.isEmpty()) {
      throw new AppleRefusal(error, culprits.apply(repeated));
    }
  }

  private static List<String> strings(ObjectNode body, String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode one : array(body, name)) {
      String value = one.stringValue(null);
      if (value == null || value.isBlank()) {
        throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
      }
      values.add(value);
    }
    return values;
  }

  private static List<JsonNode> array(ObjectNode body, String name) {
    if (!present(body, name)) {
      return List.of();
    }
    if (!(body.path(name) instanceof ArrayNode array)) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return array.valueStream().toList();
  }

  private static boolean present(JsonNode body, String name) {
    JsonNode value = body.path(name);
    return !value.isMissingNode() && !value.isNull();
  }

  private static @Nullable String text(JsonNode body, String name) {
    if (!present(body, name)) {
      return null;
    }
    String value = body.path(name).stringValue(null);
    if (value == null) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return value;
  }

  private static String required(JsonNode body, String name) {
    String value = text(body, name);
    if (value == null || value.isBlank()) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return value;
  }

  private ObjectNode object() {
    return apple.json().createObjectNode();
  }

  private Answer ok(ObjectNode body) {
    return Answer.json(apple.json().writeValueAsString(body));
  }
}
