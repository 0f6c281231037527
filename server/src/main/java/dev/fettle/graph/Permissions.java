package dev.fettle.graph;

import dev.fettle.identity.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which permissions open an operation: any one of a list suffices. Lists go from the least
 * privileged up, as the reference prints them and as refusals name them.
 *
 * @param delegated for users through an app; empty if not supported
 * @param application for apps by themselves; empty if not supported
 * @param resourceSpecific permissions that count if granted in the addressed target
 * @param target what the resource-specific permissions are granted in: {@code chat}, {@code team},
 *     {@code user}
 * @param targetKey the template's key that holds the target's id
 * @param narrow those of the lists that open the operation for a part of what it can reach: a
 *     caller that has nothing else is asked for its resource-specific permissions as well
 */
public record Permissions(
    List<String> delegated,
    List<String> application,
    List<String> resourceSpecific,
    @Nullable String target,
    @Nullable String targetKey,
    Set<String> narrow) {

  public Permissions {
    delegated = List.copyOf(delegated);
    application = List.copyOf(application);
    resourceSpecific = List.copyOf(resourceSpecific);
    narrow = Set.copyOf(narrow);
  }

  /** The same list for users and for apps. */
  public static Permissions of(String... names) {
    return new Permissions(List.of(names), List.of(names), List.of(), null, null, Set.of());
  }

  /**
   * A list for users; apps by themselves are not supported until {@link #application} says more.
   */
  public static Permissions delegated(String... names) {
    return new Permissions(List.of(names), List.of(), List.of(), null, null, Set.of());
  }

  /** These permissions, and a list for apps by themselves. */
  public Permissions application(String... names) {
    return new Permissions(delegated, List.of(names), resourceSpecific, target, targetKey, narrow);
  }

  /** These permissions, and those that count if granted in the addressed chat, team or user. */
  public Permissions granted(String grantTarget, String key, String... names) {
    return new Permissions(delegated, application, List.of(names), grantTarget, key, narrow);
  }

  /** These permissions, for users only. */
  public Permissions delegatedOnly() {
    return new Permissions(delegated, List.of(), List.of(), null, null, narrow);
  }

  /** Whether any valid access token opens the operation. */
  boolean isOpen() {
    return delegated.isEmpty() && application.isEmpty() && resourceSpecific.isEmpty();
  }

  /**
   * What opens the operation for a kind of caller if its token has it. Resource-specific
   * permissions are not among them: they count where they were granted, whatever a token says.
   */
  public List<String> tenantWide(Caller.Kind kind) {
    return switch (kind) {
      case DELEGATED -> delegated;
      case APPLICATION -> application;
    };
  }

  /** What opens the operation for a kind of caller, resource-specific permissions last. */
  public List<String> accepted(Caller.Kind kind) {
    List<String> accepted = new ArrayList<>(tenantWide(kind));
    accepted.addAll(resourceSpecific);
    return accepted;
  }
}
