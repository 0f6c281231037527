package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.ClientConfig;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.simulator.apple.library.Notice;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** service/config and client/config: limits, addresses, ownership, where notifications go. */
final class Configuration {
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

  Configuration(Apple apple) {
    this.apple = apple;
  }

  ObjectNode serviceConfig(Question question) {
    ObjectNode body = apple.json().createObjectNode();
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

  ObjectNode clientConfig(Question question, Library library) {
    if (question.method().equals("POST")) {
      change(Bodies.body(apple.json(), question), library);
    }
    ClientConfig config = library.config();
    ObjectNode body = apple.json().createObjectNode();
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
    if (Bodies.present(body, "mdmInfo")) {
      next = next.withMdmInfo(mdmInfo(body.path("mdmInfo")));
    }
    if (Bodies.present(body, "notificationTypes")) {
      next = next.withTypes(types(body));
    }
    String url = Bodies.text(body, "notificationUrl");
    String bearer = Bodies.text(body, "notificationAuthToken");
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
    for (String type : Bodies.strings(body, "notificationTypes")) {
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
}
