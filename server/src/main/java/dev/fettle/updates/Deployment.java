package dev.fettle.updates;

import java.util.List;

/**
 * A release with its files, as a device installs it by one operation.
 *
 * @param history what was reported so far, newest first, at most 100
 */
public record Deployment(
    OpenOperation operation,
    int moduleNumber,
    String softwareType,
    String version,
    String name,
    List<Artifact> artifacts,
    List<String> history) {

  public Deployment {
    artifacts = List.copyOf(artifacts);
    history = List.copyOf(history);
  }

  /** The same with what was reported so far. */
  Deployment with(List<String> reported) {
    return new Deployment(
        operation, moduleNumber, softwareType, version, name, artifacts, reported);
  }
}
