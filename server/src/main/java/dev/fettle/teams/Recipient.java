package dev.fettle.teams;

/** Who a notification in a chat or team is for. */
sealed interface Recipient {

  /**
   * One user.
   *
   * @param key the id or userPrincipalName
   */
  record User(String key) implements Recipient {}

  /** All members of the chat or team. */
  record Members() implements Recipient {}
}
