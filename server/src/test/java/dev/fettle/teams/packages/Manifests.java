package dev.fettle.teams.packages;

import dev.fettle.json.Json;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/** Manifests and packages for tests. */
public final class Manifests {

  private Manifests() {}

  /** A manifest of schema version 1.16 with no finding and no permission. */
  public static ObjectNode plain(String id, String version) {
    return (ObjectNode)
        Json.readTrusted(
            """
            {"$schema":"https://developer.microsoft.com/json-schemas/teams/v1.16/MicrosoftTeams.schema.json",
             "manifestVersion":"1.16","version":"%s","id":"%s",
             "developer":{"name":"Contoso","websiteUrl":"https://contoso.com","privacyUrl":"https://contoso.com/privacy","termsOfUseUrl":"https://contoso.com/terms"},
             "name":{"short":"Test App","full":"Test App for tests"},
             "description":{"short":"An app","full":"An app that is there for tests."},
             "icons":{"color":"color.png","outline":"outline.png"},
             "accentColor":"#4F6BED",
             "staticTabs":[{"entityId":"home","name":"Home","contentUrl":"https://contoso.com/home","scopes":["personal"]}]}
            """
                .formatted(version, id));
  }

  /**
   * The manifest with a registration and resource-specific permissions, as name and type in turn.
   */
  public static ObjectNode with(ObjectNode manifest, String clientAppId, String... namesAndTypes) {
    ObjectNode changed = manifest.deepCopy();
    changed
        .putObject("webApplicationInfo")
        .put("id", clientAppId)
        .put("resource", "https://contoso.com/rsc");
    var permissions =
        changed.putObject("authorization").putObject("permissions").putArray("resourceSpecific");
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      permissions.addObject().put("name", namesAndTypes[i]).put("type", namesAndTypes[i + 1]);
    }
    return changed;
  }

  /** The files of a package with no finding. */
  public static SequencedMap<String, byte[]> files(ObjectNode manifest) {
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    files.put("manifest.json", Json.bytes(manifest));
    files.put("color.png", PackageWriter.png(192, 0xff4f6bed));
    files.put("outline.png", PackageWriter.png(32, 0xffffffff));
    return files;
  }
}
