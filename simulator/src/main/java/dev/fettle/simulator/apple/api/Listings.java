package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.Asset;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.Library.AssignmentView;
import dev.fettle.simulator.apple.library.Notices;
import dev.fettle.simulator.apple.library.Page;
import dev.fettle.simulator.apple.library.Target;
import dev.fettle.simulator.apple.library.User;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The three paged collections: assets, assignments and users. */
final class Listings {
  private final Apple apple;

  Listings(Apple apple) {
    this.apple = apple;
  }

  ObjectNode assets(Question question, Library library) {
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
    ObjectNode body = apple.json().createObjectNode();
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

  ObjectNode assignments(Question question, Library library) {
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
    ObjectNode body = apple.json().createObjectNode();
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

  ObjectNode users(Question question, Library library) {
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
    ObjectNode body = apple.json().createObjectNode();
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
}
