package dev.fettle.vpp;

import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.vpp.apple.ContentToken;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Texts given as {@code token}: read, and stored sealed, each text for its own row. */
final class Secrets {

  private static final int LONGEST = 65_536;

  /** The text that Graph's printed examples send as {@code token}. */
  private static final String PRINTED = "Token value";

  private final Db db;
  private final KeyFile keys;
  private final boolean strict;
  private final @Nullable ContentToken example;

  /**
   * The secrets of a database.
   *
   * @param strict whether a text that is no content token is refused
   * @param example what the text of the printed examples stands for where a content token is
   *     needed; it is stored as any other text, so that what a caller says beside it stands
   */
  Secrets(Db db, KeyFile keys, boolean strict, @Nullable ContentToken example) {
    this.db = db;
    this.keys = keys;
    this.strict = strict;
    this.example = example;
  }

  /** The content token that is given with a new vppToken, which strict servers want one for. */
  @Nullable ContentToken givenFirst(@Nullable String text) {
    if (text == null && strict) {
      throw Refusal.invalid(
          "token", "The property 'token' is required: the text of a .vpptoken file.");
    }
    return text == null ? null : given(text);
  }

  /** The content token that is given; null if the text is none. */
  @Nullable ContentToken given(String text) {
    if (text.length() > LONGEST) {
      throw Refusal.invalid(
          "token", "The property 'token' is longer than %d characters.".formatted(LONGEST));
    }
    return strict ? ContentToken.parse(text) : ContentToken.read(text).orElse(null);
  }

  /** Encrypts the text of a vppToken. */
  byte[] seal(String tenantId, String tokenId, String text) {
    return keys.seal(text, SealedSecret.context(tenantId, tokenId));
  }

  /** The text of a secret, if the keys of this server open it. */
  Optional<String> text(SealedSecret secret) {
    return keys.open(secret.sealed(), secret.context());
  }

  /** The text of a vppToken's secret, if it has one that the keys of this server open. */
  Optional<String> text(String tenantId, VppTokenStore.Stored stored) {
    byte[] sealed = stored.sealed();
    return sealed == null
        ? Optional.empty()
        : text(new SealedSecret(tenantId, stored.token().id(), sealed));
  }

  /** The content token in a secret, if its text is one or stands for one. */
  Optional<ContentToken> content(SealedSecret secret) {
    return text(secret)
        .flatMap(
            text ->
                example != null && text.equals(PRINTED)
                    ? Optional.of(example)
                    : ContentToken.read(text));
  }

  /** The content token that is stored of a vppToken, if there is one. */
  Optional<ContentToken> content(String tenantId, String tokenId) {
    return db.statement(tx -> VppTokenStore.secret(tx, tenantId, tokenId)).flatMap(this::content);
  }
}
