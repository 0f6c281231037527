package dev.fettle.identity;

/** A client together with its secret, which is known at this moment only. */
public record NewClient(Client client, String secret) {

  /** Without the secret. */
  @Override
  public String toString() {
    return "NewClient[" + client + "]";
  }
}
