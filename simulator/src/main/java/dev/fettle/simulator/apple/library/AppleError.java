package dev.fettle.simulator.apple.library;

import java.util.Arrays;
import java.util.Optional;

/**
 * The error numbers of Apple's API, each with the HTTP status it usually travels with and one of
 * the texts it is known to carry.
 *
 * <p>Numbers that appear only inside the failures of an event have status 400 here, which is what a
 * fault that sends them as an answer would use. Clients must decide on the number alone: Apple
 * itself words the same number differently from place to place.
 */
public enum AppleError {
  LOGIN_REQUIRED(9601, 401, "Login required."),
  INVALID_ARGUMENT(9602, 400, "Invalid argument."),
  INTERNAL_ERROR(9603, 500, "Internal error."),
  REGISTERED_USER_NOT_FOUND(9609, 400, "Registered user not found."),
  TOKEN_EXPIRED(9621, 401, "The sToken has expired."),
  INVALID_AUTHENTICATION_TOKEN(9622, 401, "Invalid authentication token."),
  INVALID_PUSH_TOKEN(9623, 400, "Invalid push notification token."),
  TOKEN_REVOKED(9625, 401, "The sToken has been revoked."),
  SERVICE_REMOVED(9634, 410, "This service has been removed."),
  ACCOUNT_CANNOT_BE_LINKED(9635, 400, "The Managed Apple ID can't be associated."),
  NOT_ALLOWED_FOR_ACCOUNT(9637, 403, "The account isn't allowed to perform this operation."),
  ACCOUNT_ALREADY_LINKED(9641, 400, "The account is already associated with another user."),
  MAINTENANCE(9644, 503, "The service is in maintenance mode."),
  MANAGED_BY_APPLE(9645, 403, "The location is managed by Apple and can only be read."),
  TOO_MANY_REQUESTS(9646, 429, "Too many requests for the organization. Try again later."),
  LEGACY_TOKEN(9647, 403, "Legacy tokens aren't supported."),
  PAGE_INDEX_OUT_OF_RANGE(9650, 400, "The page index must be greater than 0 and within range."),
  TOO_MANY_ASSETS(9700, 400, "Too many assets in the request."),
  TOO_MANY_USERS_IN_LIST(9701, 400, "Too many client user IDs in the request."),
  TOO_MANY_SERIALS(9702, 400, "Too many serial numbers in the request."),
  DUPLICATE_ASSETS(9703, 400, "The request contains duplicate assets."),
  DUPLICATE_CLIENT_USER_IDS(9704, 400, "The request contains duplicate client user IDs."),
  DUPLICATE_SERIALS(9705, 400, "The request contains duplicate serial numbers."),
  NOT_REVOCABLE(9706, 400, "The request contains assets that aren't revocable."),
  NOT_DEVICE_ASSIGNABLE(9707, 400, "The request contains assets that aren't device-assignable."),
  UNKNOWN_EVENT(9708, 400, "The event ID is invalid."),
  NOT_ENOUGH_ASSETS(
      9709, 400, "There aren't enough assets available to complete this association."),
  NOTIFICATION_INCOMPLETE(
      9710, 400, "The notification URL and the authentication token must come together."),
  NOTIFICATION_TOO_LONG(9711, 400, "The notification URL or the authentication token is too long."),
  NOTIFICATION_URL_INVALID(9712, 400, "The notification URL isn't a valid HTTPS URL."),
  MDM_METADATA_TOO_LONG(9713, 400, "The MDM metadata is too long."),
  TOO_MANY_USERS(9714, 400, "Too many users in the request."),
  DUPLICATE_USERS(9715, 400, "The request contains duplicate users."),
  USER_EXISTS(9716, 400, "An active user with this client user ID already exists."),
  INVALID_EMAIL(9717, 400, "The email address is invalid."),
  ASSETS_MISSING(9718, 400, "The request must contain at least one asset."),
  TARGETS_MISSING(
      9719, 400, "The request must contain at least one client user ID or serial number."),
  USERS_MISSING(9720, 400, "The request must contain at least one user."),
  INVALID_VERSION(9721, 400, "The version ID is invalid."),
  INVALID_AUTHORIZATION_HEADER(
      9722, 401, "The Authorization header must have the form 'Bearer {sToken}'."),
  MDM_INFO_INCOMPLETE(9723, 400, "The MDM info must contain the ID, the name, and the metadata."),
  MDM_ID_TOO_LONG(9724, 400, "The MDM ID is too long."),
  MDM_NAME_TOO_LONG(9725, 400, "The MDM name is too long."),
  WRONG_METHOD(9726, 405, "The HTTP method isn't allowed for this URL."),
  WRONG_CONTENT_TYPE(9727, 415, "The content type must be application/json."),
  NOTIFICATION_URL_UNREACHABLE(9728, 400, "The notification URL isn't reachable."),
  TEMPORARILY_UNAVAILABLE(9729, 503, "The service is temporarily unavailable.");

  private final int number;
  private final int status;
  private final String message;

  AppleError(int number, int status, String message) {
    this.number = number;
    this.status = status;
    this.message = message;
  }

  /** The number, which is all that clients should decide on. */
  public int number() {
    return number;
  }

  /** The HTTP status that it usually travels with. */
  public int status() {
    return status;
  }

  /** One of the texts that it is known to carry. */
  public String message() {
    return message;
  }

  /** The error of this number, if Apple has documented one. */
  public static Optional<AppleError> of(int number) {
    return Arrays.stream(values()).filter(error -> error.number == number).findFirst();
  }
}
