package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.Event;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.simulator.apple.tokens.ContentToken;
import dev.fettle.simulator.apple.tokens.ContentTokens;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documented operations.
 *
 * <p>The order of refusals is not documented. Here it is: method, content type, Authorization
 * header, token, rate, rights, arguments.
 */
public final class Api {
  private final Apple apple;

  /** The operations on what this stand-in knows. */
  public Api(Apple apple) {
    this.apple = apple;
  }

  /** An authenticated request: the library, and the token that opened it. */
  private record Session(Library library, ContentToken token) {}

  /** What Apple answers: what was asked for, or a refusal in Apple's shape. */
  public Answer answer(Operation operation, Question question) {
    try {
      if (!operation.allows(question.method())) {
        throw new AppleRefusal(AppleError.WRONG_METHOD);
      }
      if (question.method().equals("POST") && !json(question.contentType())) {
        throw new AppleRefusal(AppleError.WRONG_CONTENT_TYPE);
      }
      if (operation == Operation.SERVICE_CONFIG) {
        return ok(new Configuration(apple).serviceConfig(question));
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
          case CLIENT_CONFIG -> new Configuration(apple).clientConfig(question, session.library());
          case GET_ASSETS -> new Listings(apple).assets(question, session.library());
          case GET_ASSIGNMENTS -> new Listings(apple).assignments(question, session.library());
          case GET_USERS -> new Listings(apple).users(question, session.library());
          case ASSOCIATE ->
              new Writes(apple).manage(question, session.library(), Event.Type.ASSOCIATE);
          case DISASSOCIATE ->
              new Writes(apple).manage(question, session.library(), Event.Type.DISASSOCIATE);
          case REVOKE -> new Writes(apple).revoke(question, session.library());
          case CREATE_USERS ->
              new Writes(apple).manageUsers(question, session.library(), Event.Type.CREATE);
          case UPDATE_USERS ->
              new Writes(apple).manageUsers(question, session.library(), Event.Type.UPDATE);
          case RETIRE_USERS ->
              new Writes(apple).manageUsers(question, session.library(), Event.Type.RETIRE);
          case EVENT_STATUS -> new Writes(apple).status(question, session.library());
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

  // Errors

  /** An error of Apple's by its number, in the shape and with the status it usually has. */
  public Answer error(int number, @Nullable Integer status, @Nullable String retryAfter) {
    AppleError known = AppleError.of(number).orElse(null);
    String message = known == null ? "An error that nobody has documented." : known.message();
    ObjectNode body = object();
    Errors.describe(body, number, message, AppleRefusal.Culprits.NONE);
    int answered = status != null ? status : known == null ? 400 : known.status();
    return new Answer(
        answered, Answer.JSON, apple.json().writeValueAsString(body), retryAfter, number);
  }

  private Answer refuse(AppleRefusal refusal) {
    AppleError error = refusal.error();
    ObjectNode body = object();
    Errors.describe(body, error.number(), error.message(), refusal.culprits());
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

  private ObjectNode object() {
    return apple.json().createObjectNode();
  }

  private Answer ok(ObjectNode body) {
    return Answer.json(apple.json().writeValueAsString(body));
  }
}
