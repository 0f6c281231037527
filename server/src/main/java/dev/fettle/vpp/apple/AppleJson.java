package dev.fettle.vpp.apple;

import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Apple's JSON in and out. Anything that cannot be read is {@code Unreadable}, never a default. */
final class AppleJson {

  /** Apple prints {@code +0000}; careful readers take {@code Z} and {@code +00:00} as well. */
  private static final DateTimeFormatter DATES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX][XX]");

  private AppleJson() {}

  /** The object that an answer is; null if it is none. */
  static @Nullable ObjectNode read(byte[] bytes) {
    try {
      return Json.read(bytes) instanceof ObjectNode object ? object : null;
    } catch (Refusal e) {
      return null;
    }
  }

  static @Nullable AppleError error(ObjectNode body) {
    JsonNode number = body.get("errorNumber");
    return number != null && number.isNumber() ? AppleError.of(number.asInt()) : null;
  }

  static ServiceLimits limits(ObjectNode body) {
    if (!(body.get("limits") instanceof ObjectNode limits)) {
      throw unreadable("service/config without limits");
    }
    ServiceLimits documented = ServiceLimits.DOCUMENTED;
    return new ServiceLimits(
        positive(limits, "maxClientUserIds", documented.maxClientUserIds()),
        positive(limits, "maxSerialNumbers", documented.maxSerialNumbers()),
        positive(limits, "maxRequestPerSecond", documented.maxRequestPerSecond()));
  }

  static LibraryInfo library(ObjectNode body) {
    return new LibraryInfo(
        required(body, "uId"), date(text(body, "tokenExpirationDate")), mdmInfo(body));
  }

  static ClientConfig clientConfig(ObjectNode body) {
    return new ClientConfig(
        library(body),
        text(body, "countryISO2ACode"),
        text(body, "defaultPlatform"),
        text(body, "locationName"),
        text(body, "notificationUrl"),
        texts(body, "subscribedNotificationTypes"));
  }

  static <T> Page<T> page(ObjectNode body, String list, int index, Function<JsonNode, T> each) {
    if (!(body.get(list) instanceof ArrayNode entries)) {
      throw unreadable("a page without " + list);
    }
    List<T> records = new ArrayList<>(entries.size());
    entries.forEach(entry -> records.add(each.apply(entry)));
    JsonNode next = body.get("nextPageIndex");
    return new Page<>(
        library(body),
        index,
        positive(body, "totalPages", 1),
        text(body, "versionId"),
        next != null && next.isNumber(),
        records);
  }

  static Asset asset(JsonNode entry) {
    return new Asset(
        required(entry, "adamId"),
        pricing(entry),
        textOr(entry, "productType", "App"),
        flag(entry, "deviceAssignable"),
        texts(entry, "supportedPlatforms"),
        number(entry, "assignedCount"),
        number(entry, "totalCount"));
  }

  static Assignment assignment(JsonNode entry) {
    String user = text(entry, "clientUserId");
    LicenceHolder holder =
        user == null
            ? LicenceHolder.device(required(entry, "serialNumber"))
            : LicenceHolder.user(user);
    return new Assignment(required(entry, "adamId"), pricing(entry), holder);
  }

  static LibraryUser user(JsonNode entry) {
    return new LibraryUser(
        required(entry, "clientUserId"), text(entry, "email"), text(entry, "managedAppleId"));
  }

  static EventStatus event(ObjectNode body) {
    EventStatus.State state =
        switch (required(body, "eventStatus")) {
          case "PENDING" -> EventStatus.State.PENDING;
          case "COMPLETE" -> EventStatus.State.COMPLETE;
          case "FAILED" -> EventStatus.State.FAILED;
          default -> throw unreadable("an event status that is not known");
        };
    return new EventStatus(
        state, (int) number(body, "numRequested"), (int) number(body, "numCompleted"));
  }

  static List<AppMetadata> metadata(ObjectNode body) {
    List<AppMetadata> all = new ArrayList<>();
    if (body.get("results") instanceof ObjectNode results) {
      results.forEachEntry(
          (id, entry) ->
              all.add(
                  new AppMetadata(
                      id,
                      text(entry, "name"),
                      text(entry, "bundleId"),
                      text(entry, "artistName"),
                      text(entry, "url"),
                      text(entry, "releaseDate"),
                      texts(entry, "deviceFamilies"))));
    }
    return all;
  }

  static String required(JsonNode node, String name) {
    String value = text(node, name);
    if (value == null || value.isEmpty()) {
      throw unreadable("the member " + name + " is missing");
    }
    return value;
  }

  private static @Nullable MdmInfo mdmInfo(ObjectNode body) {
    return body.get("mdmInfo") instanceof ObjectNode info
        ? new MdmInfo(required(info, "id"), textOr(info, "name", ""), textOr(info, "metadata", ""))
        : null;
  }

  private static String pricing(JsonNode entry) {
    return textOr(entry, "pricingParam", Asset.STANDARD);
  }

  private static @Nullable Instant date(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return instant(text);
    } catch (DateTimeException e) {
      throw unreadable("a date that is none");
    }
  }

  /**
   * A date as Apple prints it.
   *
   * @throws DateTimeException if it is none, or none of the years 1 to 9999 in UTC, which is what
   *     Graph can say
   */
  static Instant instant(String text) {
    OffsetDateTime utc = OffsetDateTime.parse(text, DATES).withOffsetSameInstant(ZoneOffset.UTC);
    if (utc.getYear() < 1 || utc.getYear() > 9999) {
      throw new DateTimeException("the year " + utc.getYear());
    }
    return utc.toInstant();
  }

  /** True of a text that can be stored: without U+0000 and without half a surrogate pair. */
  static boolean isText(String text) {
    return text.indexOf(0) < 0
        && text.codePoints()
            .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static String textOr(JsonNode node, String name, String instead) {
    String value = text(node, name);
    return value == null ? instead : value;
  }

  /** Numbers count as text too: one family of Apple's API prints Adam ids as numbers. */
  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull() || value.isContainer()) {
      return null;
    }
    return storable(name, value.asString());
  }

  private static String storable(String name, String text) {
    if (!isText(text)) {
      throw unreadable("the member " + name + " holds a character that text cannot have");
    }
    return text;
  }

  private static boolean flag(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value != null && value.isBoolean() && value.asBoolean();
  }

  private static long number(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw unreadable("the number " + name + " is missing");
    }
    return value.asLong();
  }

  private static int positive(JsonNode node, String name, int instead) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      return instead;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0) {
      throw unreadable("the number " + name + " is none");
    }
    return Math.max(1, value.asInt());
  }

  private static List<String> texts(JsonNode node, String name) {
    List<String> texts = new ArrayList<>();
    if (node.get(name) instanceof ArrayNode list) {
      for (JsonNode entry : list) {
        if (entry.isString()) {
          texts.add(storable(name, entry.asString()));
        }
      }
    }
    return texts;
  }

  private static AppleFailure unreadable(String what) {
    return new AppleFailure(new AppleFailure.Kind.Unreadable(what));
  }
}
