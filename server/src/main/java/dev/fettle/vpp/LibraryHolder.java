package dev.fettle.vpp;

import dev.fettle.vpp.apple.LibraryInfo;

/** The management service that holds a library. */
sealed interface LibraryHolder {
  /** Nobody has said; it is ours for the taking. */
  record Nobody() implements LibraryHolder {}

  /** Ours. */
  record Ours() implements LibraryHolder {}

  /** Another management service. */
  record Other(String name) implements LibraryHolder {}

  /** Another service was found to hold the library, so nothing may be read or changed in it. */
  final class HeldElsewhere extends RuntimeException {
    private final String holder;

    HeldElsewhere(String holder) {
      super("another management service holds the location", null, false, false);
      this.holder = holder;
    }

    /** The name that the service gives. */
    String holder() {
      return holder;
    }
  }

  /** The holder that Apple names; by the id alone, since names may be equal. */
  static LibraryHolder of(LibraryInfo library, String ourId) {
    if (library.mdmInfo() == null || library.mdmInfo().id().isEmpty()) {
      return new Nobody();
    }
    return library.mdmInfo().id().equals(ourId) ? new Ours() : new Other(library.mdmInfo().name());
  }

  /** Refuses an answer about a library of another service's; Apple offers no lock. */
  static void requireNotOther(LibraryInfo library, String ourId) {
    if (of(library, ourId) instanceof Other(String name)) {
      throw new HeldElsewhere(name);
    }
  }
}
