package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import java.util.List;
import java.util.Set;

/**
 * The rights that a caller's permissions give over installations in one kind of owner.
 *
 * @param anyApp may act on installations of every app
 * @param ownApp may act on installations of the app that the caller itself is
 * @param consentToAny may consent for every app
 * @param consentToOwn may consent for the app that the caller itself is
 * @param held the permissions that were weighed, as refusals name them
 */
record Authority(
    boolean anyApp, boolean ownApp, boolean consentToAny, boolean consentToOwn, Set<String> held) {

  private static final String PREFIX = "TeamsAppInstallation.";

  Authority {
    held = Set.copyOf(held);
  }

  /**
   * Weighs permissions that open an operation. Only names that end in {@code Self} are bound to the
   * caller's own app; {@code ReadWriteAndConsent…}, {@code ManageSelected…} and the two old
   * directory-wide permissions, which the reference does not name among those that cannot, are able
   * to consent. {@code Chat.Manage.Chat} is not: an app could widen its own rights with it.
   */
  static Authority of(Set<String> opening) {
    boolean anyApp = false;
    boolean ownApp = false;
    boolean consentToAny = false;
    boolean consentToOwn = false;
    for (String permission : opening) {
      boolean self = permission.startsWith(PREFIX) && permission.contains("SelfFor");
      boolean consents =
          permission.startsWith(PREFIX + "ReadWriteAndConsent")
              || permission.startsWith(PREFIX + "ManageSelected")
              || permission.equals("Group.ReadWrite.All")
              || permission.equals("Directory.ReadWrite.All");
      anyApp |= !self;
      ownApp = true;
      consentToAny |= consents && !self;
      consentToOwn |= consents;
    }
    return new Authority(anyApp, ownApp, consentToAny, consentToOwn, opening);
  }

  /** True if installations of an app may be touched. */
  boolean reaches(boolean own) {
    return anyApp || (own && ownApp);
  }

  /** True if consent may be given for an app. */
  boolean consents(boolean own) {
    return consentToAny || (own && consentToOwn);
  }

  /** The permissions that would allow to consent in owners of a kind, least privileged first. */
  static List<String> consenting(OwnerKind kind, boolean application) {
    String all = application ? ".All" : "";
    return List.of(
        PREFIX + "ReadWriteAndConsentSelfFor" + kind.capitalized() + all,
        PREFIX + "ReadWriteAndConsentFor" + kind.capitalized() + all,
        PREFIX + "ManageSelectedFor" + kind.capitalized() + all);
  }
}
