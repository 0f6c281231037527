package dev.fettle.teams;

import dev.fettle.graph.Permissions;
import dev.fettle.identity.Caller;
import dev.fettle.teams.packages.AppScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which permissions open the operations on installations, as the permission data of August 2026
 * lists them. Its slips are decided one by one in docs/differences.md: what a permission's own
 * description includes is accepted where the list forgot it, and what was listed by mistake is not.
 */
final class InstallationPermissions {

  private static final String PREFIX = "TeamsAppInstallation.";

  private InstallationPermissions() {}

  static Permissions list(AppScope scope) {
    return switch (scope) {
      case USER ->
          rows(
              scope,
              "user-id",
              List.of(
                  "Read",
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite",
                  "ReadWriteSelected"),
              List.of(),
              List.of("TeamsAppInstallation.Read.All"),
              "TeamsAppInstallation.Read.User");
      case CHAT ->
          rows(
              scope,
              "chat-id",
              List.of(
                  "Read",
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite"),
              List.of(),
              List.of("TeamsAppInstallation.Read.All"),
              "Chat.Manage.Chat",
              "TeamsAppInstallation.Read.Chat");
      case TEAM ->
          rows(
              scope,
              "team-id",
              List.of(
                  "Read",
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite"),
              List.of(
                  "Directory.Read.All",
                  "Directory.ReadWrite.All",
                  "Group.Read.All",
                  "Group.ReadWrite.All"),
              List.of("TeamsAppInstallation.Read.All"),
              "TeamsAppInstallation.Read.Group");
    };
  }

  static Permissions get(AppScope scope) {
    return scope == AppScope.CHAT
        ? rows(
            scope,
            "chat-id",
            List.of("Read", "ReadWriteSelf", "ManageSelected", "ReadWrite"),
            List.of(),
            List.of("TeamsAppInstallation.Read.All"),
            "Chat.Manage.Chat",
            "TeamsAppInstallation.Read.Chat")
        : list(scope);
  }

  static Permissions add(AppScope scope) {
    return write(scope);
  }

  static Permissions upgrade(AppScope scope) {
    return write(scope);
  }

  static Permissions remove(AppScope scope) {
    return write(scope);
  }

  static Permissions chat() {
    return rows(
        AppScope.USER,
        "user-id",
        List.of("Read", "ReadWrite", "ReadWriteSelected", "ReadWriteSelf"),
        List.of(),
        List.of("TeamsAppInstallation.Read.All"),
        "TeamsAppInstallation.Read.User");
  }

  static Permissions grants(AppScope scope) {
    return switch (scope) {
      case CHAT ->
          grants(
              scope,
              "chat-id",
              List.of("ManageSelected", "Read", "ReadWrite", "ReadWriteSelf"),
              List.of("TeamsAppInstallation.Read.All"),
              "TeamsAppInstallation.Read.Chat",
              "Chat.Manage.Chat");
      case TEAM ->
          grants(
              scope,
              "team-id",
              List.of("ManageSelected", "Read", "ReadWrite", "ReadWriteSelf"),
              List.of("TeamsAppInstallation.Read.All"),
              "TeamsAppInstallation.Read.Group",
              "TeamsApp.Read.Group");
      case USER ->
          grants(
              scope,
              "user-id",
              List.of("ManageSelected", "ReadWriteAndConsent", "ReadWriteAndConsentSelf"),
              List.of());
    };
  }

  /** Where all of the tenant's installations are listed: apps that may read all of them. */
  static Permissions ofApp() {
    List<String> application = new ArrayList<>(List.of("TeamsAppInstallation.Read.All"));
    for (String family : List.of("Read", "ReadWriteAndConsent", "ReadWrite")) {
      for (AppScope scope : AppScope.values()) {
        application.add(PREFIX + family + "For" + scope.family() + ".All");
      }
    }
    return new Permissions(List.of(), application, List.of(), null, null, Set.of());
  }

  /** Where the installations of one definition are listed: in the data, apps with selected apps. */
  static Permissions ofDefinition() {
    List<String> application = new ArrayList<>();
    for (String family : List.of("ManageSelected", "ReadSelected", "ReadWriteSelected")) {
      for (AppScope scope : AppScope.values()) {
        application.add(PREFIX + family + "For" + scope.family() + ".All");
      }
    }
    return new Permissions(List.of(), application, List.of(), null, null, Set.of());
  }

  /**
   * Those of a caller's permissions that open an upgrade in a scope.
   *
   * @param opening what opened the call, grants included
   */
  static Set<String> upgrading(AppScope scope, Caller caller, Set<String> opening) {
    Set<String> upgrading = new HashSet<>(opening);
    upgrading.retainAll(upgrade(scope).resourceSpecific());
    upgrading.addAll(tenantWide(scope, caller));
    return upgrading;
  }

  private static Set<String> tenantWide(AppScope scope, Caller caller) {
    Set<String> opening = new HashSet<>(caller.permissions());
    opening.retainAll(new HashSet<>(upgrade(scope).tenantWide(caller.kind())));
    return opening;
  }

  private static Permissions write(AppScope scope) {
    return switch (scope) {
      case USER ->
          rows(
              scope,
              "user-id",
              List.of(
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite",
                  "ReadWriteSelected"),
              List.of(),
              List.of());
      case CHAT ->
          rows(
              scope,
              "chat-id",
              List.of(
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite"),
              List.of(),
              List.of(),
              "Chat.Manage.Chat");
      case TEAM ->
          rows(
              scope,
              "team-id",
              List.of(
                  "ReadWriteSelf",
                  "ManageSelected",
                  "ReadWriteAndConsent",
                  "ReadWriteAndConsentSelf",
                  "ReadWrite"),
              List.of("Directory.ReadWrite.All", "Group.ReadWrite.All"),
              List.of());
    };
  }

  private static Permissions grants(
      AppScope scope,
      String key,
      List<String> families,
      List<String> applicationOnly,
      String... resourceSpecific) {
    Permissions rows = rows(scope, key, families, List.of(), applicationOnly, resourceSpecific);
    String grant = "ResourceSpecificPermissionGrant.ReadFor" + scope.family();
    List<String> delegated = new ArrayList<>(List.of(grant));
    delegated.addAll(rows.delegated());
    List<String> application = new ArrayList<>(List.of(grant + ".All"));
    application.addAll(rows.application());
    return new Permissions(
        delegated,
        application,
        rows.resourceSpecific(),
        rows.target(),
        rows.targetKey(),
        rows.narrow());
  }

  private static Permissions rows(
      AppScope scope,
      String key,
      List<String> families,
      List<String> both,
      List<String> applicationOnly,
      String... resourceSpecific) {
    List<String> delegated =
        new ArrayList<>(
            families.stream().map(family -> PREFIX + family + "For" + scope.family()).toList());
    List<String> application =
        new ArrayList<>(delegated.stream().map(name -> name + ".All").toList());
    delegated.addAll(both);
    application.addAll(both);
    application.addAll(applicationOnly);
    return new Permissions(
        delegated,
        application,
        Arrays.asList(resourceSpecific),
        resourceSpecific.length == 0 ? null : scope.target(),
        resourceSpecific.length == 0 ? null : key,
        application.stream().filter(name -> name.contains("SelfFor")).collect(Collectors.toSet()));
  }
}
