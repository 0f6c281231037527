package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import dev.fettle.graph.Permissions;
import dev.fettle.identity.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The permissions that open the operations on installations, as the permission data of August 2026
 * lists them. Its slips are decided one by one in docs/differences.md: what a permission's own
 * description includes is accepted where the list forgot it, and what was listed by mistake is not.
 */
final class InstallationPermissions {

  private static final String PREFIX = "TeamsAppInstallation.";
  private static final String READ_ALL = PREFIX + "Read.All";
  private static final String SELECTED = "ReadWriteSelected";
  private static final String MANAGE_CHAT = "Chat.Manage.Chat";

  /** The families that may read; all but the first may write as well. */
  private static final List<String> READ =
      List.of(
          "Read",
          "ReadWriteSelf",
          "ManageSelected",
          "ReadWriteAndConsent",
          "ReadWriteAndConsentSelf",
          "ReadWrite");

  private static final List<String> WRITE = READ.subList(1, READ.size());

  private InstallationPermissions() {}

  static Permissions list(OwnerKind kind) {
    return switch (kind) {
      case USER -> readable(kind, with(READ, SELECTED), PREFIX + "Read.User");
      case CHAT -> readable(kind, READ, MANAGE_CHAT, PREFIX + "Read.Chat");
      case TEAM ->
          rows(
              kind,
              READ,
              List.of(
                  "Directory.Read.All",
                  "Directory.ReadWrite.All",
                  "Group.Read.All",
                  "Group.ReadWrite.All"),
              List.of(READ_ALL),
              PREFIX + "Read.Group");
    };
  }

  static Permissions get(OwnerKind kind) {
    return kind == OwnerKind.CHAT
        ? readable(
            kind,
            List.of("Read", "ReadWriteSelf", "ManageSelected", "ReadWrite"),
            MANAGE_CHAT,
            PREFIX + "Read.Chat")
        : list(kind);
  }

  /** To add, upgrade and remove. */
  static Permissions write(OwnerKind kind) {
    return switch (kind) {
      case USER -> rows(kind, with(WRITE, SELECTED), List.of(), List.of());
      case CHAT -> rows(kind, WRITE, List.of(), List.of(), MANAGE_CHAT);
      case TEAM ->
          rows(kind, WRITE, List.of("Directory.ReadWrite.All", "Group.ReadWrite.All"), List.of());
    };
  }

  static Permissions chat() {
    return readable(
        OwnerKind.USER,
        List.of("Read", "ReadWrite", SELECTED, "ReadWriteSelf"),
        PREFIX + "Read.User");
  }

  static Permissions grants(OwnerKind kind) {
    List<String> reading = List.of("ManageSelected", "Read", "ReadWrite", "ReadWriteSelf");
    Permissions rows =
        switch (kind) {
          case USER ->
              rows(
                  kind,
                  List.of("ManageSelected", "ReadWriteAndConsent", "ReadWriteAndConsentSelf"),
                  List.of(),
                  List.of());
          case CHAT -> readable(kind, reading, PREFIX + "Read.Chat", MANAGE_CHAT);
          case TEAM -> readable(kind, reading, PREFIX + "Read.Group", "TeamsApp.Read.Group");
        };
    String grant = "ResourceSpecificPermissionGrant.ReadFor" + kind.capitalized();
    return new Permissions(
        Stream.concat(Stream.of(grant), rows.delegated().stream()).toList(),
        Stream.concat(Stream.of(grant + ".All"), rows.application().stream()).toList(),
        rows.resourceSpecific(),
        rows.target(),
        rows.targetKey(),
        rows.narrow());
  }

  /** For the list of all of the tenant's installations: apps that may read all of them. */
  static Permissions ofApp() {
    return ofAll(List.of(READ_ALL), "Read", "ReadWriteAndConsent", "ReadWrite");
  }

  /** For the list of the installations of a definition: in the data, apps with selected apps. */
  static Permissions ofDefinition() {
    return ofAll(List.of(), "ManageSelected", "ReadSelected", SELECTED);
  }

  private static Permissions ofAll(List<String> first, String... families) {
    List<String> application = new ArrayList<>(first);
    for (String family : families) {
      for (OwnerKind kind : OwnerKind.values()) {
        application.add(PREFIX + family + "For" + kind.capitalized() + ".All");
      }
    }
    return Permissions.of().application(application.toArray(String[]::new));
  }

  /**
   * Those of a caller's permissions that open an upgrade in owners of a kind.
   *
   * @param opening the permissions that opened the call, grants included
   */
  static Set<String> upgrading(OwnerKind kind, Caller caller, Set<String> opening) {
    Permissions permissions = write(kind);
    Set<String> upgrading = new HashSet<>(opening);
    upgrading.retainAll(permissions.resourceSpecific());
    permissions.tenantWide(caller.kind()).stream()
        .filter(caller.permissions()::contains)
        .forEach(upgrading::add);
    return upgrading;
  }

  private static List<String> with(List<String> families, String more) {
    return Stream.concat(families.stream(), Stream.of(more)).toList();
  }

  private static Permissions readable(
      OwnerKind kind, List<String> families, String... resourceSpecific) {
    return rows(kind, families, List.of(), List.of(READ_ALL), resourceSpecific);
  }

  private static Permissions rows(
      OwnerKind kind,
      List<String> families,
      List<String> both,
      List<String> applicationOnly,
      String... resourceSpecific) {
    List<String> delegated = new ArrayList<>();
    List<String> application = new ArrayList<>();
    for (String family : families) {
      delegated.add(PREFIX + family + "For" + kind.capitalized());
      application.add(delegated.getLast() + ".All");
    }
    delegated.addAll(both);
    application.addAll(both);
    application.addAll(applicationOnly);
    boolean granted = resourceSpecific.length > 0;
    return new Permissions(
        delegated,
        application,
        Arrays.asList(resourceSpecific),
        granted ? kind.text() : null,
        granted ? kind.text() + "-id" : null,
        application.stream().filter(name -> name.contains("SelfFor")).collect(Collectors.toSet()));
  }
}
