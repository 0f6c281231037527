package dev.fettle.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** This server as an issuer, as far as a verifier has to know it. Safe for concurrent use. */
interface OwnIssuer {

  /** The root of this issuer's addresses for who reached the server there, no final slash. */
  String root(String origin);

  /** True if an {@code iss} can be this issuer's, for a token of this {@code tid}. */
  boolean isIssuer(String iss, @Nullable String tid);

  /** The keys that can have signed a token with this {@code kid}; all of them if it has none. */
  List<VerificationKey> keys(@Nullable String kid);
}
