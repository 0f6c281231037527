package dev.fettle.vpp;

import dev.fettle.vpp.apple.MdmInfo;
import org.jspecify.annotations.Nullable;

/** Whose a library is. */
sealed interface LibraryHolder {
  /** Nobody has said; it is ours for the taking. */
  record Nobody() implements LibraryHolder {}

  /** Ours. */
  record Ours() implements LibraryHolder {}

  /** Another management service's. */
  record Other(String name) implements LibraryHolder {}

  /** Whose a library is by what Apple says; by the id alone, since names may be equal. */
  static LibraryHolder of(@Nullable MdmInfo mdmInfo, String ourId) {
    if (mdmInfo == null || mdmInfo.id().isEmpty()) {
      return new Nobody();
    }
    return mdmInfo.id().equals(ourId) ? new Ours() : new Other(mdmInfo.name());
  }
}
