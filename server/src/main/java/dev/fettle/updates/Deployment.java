package dev.fettle.updates;

import java.util.List;

/**
 * What a device installs by one operation: a release with its files.
 *
 * @param history what was reported so far, newest first, at most 100
 */
public record Deployment(
    OpenOperation operation,
    String releaseId,
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
        operation, releaseId, moduleNumber, softwareType, version, name, artifacts, reported);
  }
}
