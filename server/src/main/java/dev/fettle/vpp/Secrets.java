package dev.fettle.vpp;

import dev.fettle.vpp.apple.ContentToken;
import java.util.Optional;

/** What was given as {@code token}, as it is stored: sealed, each text for its own row. */
final class Secrets {

  private final Vault vault;

  Secrets(Vault vault) {
    this.vault = vault;
  }

  /** Encrypts the text of a vppToken. */
  byte[] seal(String tenantId, String tokenId, String text) {
    return vault.seal(text, TokenStore.Secret.context(tenantId, tokenId));
  }

  /** The text of a vppToken, if one was given and the keys of this server open it. */
  Optional<String> text(String tenantId, TokenStore.Sealed stored) {
    return stored
        .secret()
        .flatMap(
            bytes -> vault.open(bytes, TokenStore.Secret.context(tenantId, stored.token().id())));
  }

  /** The content token of a vppToken, if its text is one. */
  Optional<ContentToken> content(String tenantId, TokenStore.Sealed stored) {
    return text(tenantId, stored).flatMap(ContentToken::read);
  }
}
