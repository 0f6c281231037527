package dev.fettle.teams.packages;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A package that was opened and found right.
 *
 * @param archive the zip file as it came
 * @param colorIcon the PNG file of 192 × 192 pixels
 * @param outlineIcon the PNG file of 32 × 32 pixels
 */
@SuppressWarnings("ArrayRecordComponent")
public record AppPackage(Manifest manifest, byte[] archive, byte[] colorIcon, byte[] outlineIcon) {

  /** The largest archive that is taken. */
  public static final int MOST_BYTES = 16 << 20;

  /** The inner code of a package that is not right. */
  public static final String CODE = "UnableToParseTeamsAppManifest";

  private static final int MOST_MANIFEST_BYTES = 2 << 20;
  private static final int MOST_ICON_BYTES = 2 << 20;

  /** Opens packages; keeps the schemas that manifests needed. Safe for concurrent use. */
  public static final class Reader {
    private final ManifestSchemas schemas = new ManifestSchemas();

    /**
     * Opens and checks a package.
     *
     * @throws Refusal with {@link Reason.Nested} that lists every finding
     */
    public AppPackage open(byte[] archive) {
      Findings findings = new Findings();
      AppPackage opened = AppPackage.open(archive, schemas, findings);
      if (opened == null || !findings.isEmpty()) {
        throw refusal(findings.all());
      }
      return opened;
    }

    /**
     * The manifest of a package that was taken in earlier, whatever today's checks would find; null
     * if it cannot be read.
     */
    public @Nullable Manifest manifest(byte[] archive) {
      AppPackage opened = AppPackage.open(archive, schemas, new Findings());
      return opened == null ? null : opened.manifest();
    }
  }

  private static @Nullable AppPackage open(
      byte[] archive, ManifestSchemas schemas, Findings findings) {
    ZipArchive zip = ZipArchive.open(archive, findings);
    if (zip == null) {
      return null;
    }
    if (!zip.names().contains("manifest.json")) {
      findings.add("Serialization_FileMissing", "manifest.json", missingManifest(zip));
      return null;
    }
    if (zip.size("manifest.json") < 0) {
      return null;
    }
    byte[] text = zip.read("manifest.json", MOST_MANIFEST_BYTES, findings);
    if (text == null) {
      return null;
    }
    ManifestChecks checks = new ManifestChecks(schemas, zip.names(), findings);
    Manifest manifest = checks.read(text);
    byte[] color = icon(zip, checks.icon("color"), findings);
    byte[] outline = icon(zip, checks.icon("outline"), findings);
    byte[] small = icon(zip, checks.icon("color32x32"), findings);
    if (color != null) {
      IconChecks.color(color, findings);
    }
    if (outline != null) {
      IconChecks.outline(outline, findings);
    }
    if (small != null) {
      IconChecks.smallColor(small, findings);
    }
    return manifest == null || color == null || outline == null
        ? null
        : new AppPackage(manifest, archive, color, outline);
  }

  private static byte @Nullable [] icon(ZipArchive zip, @Nullable String name, Findings findings) {
    // What cannot be read is a finding already.
    return name == null || zip.size(name) < 0 ? null : zip.read(name, MOST_ICON_BYTES, findings);
  }

  private static String missingManifest(ZipArchive zip) {
    for (String name : zip.names()) {
      if (name.endsWith("/manifest.json")) {
        return "manifest.json is not in the package; it is in the folder of '%s': zip the files, not the folder around them."
            .formatted(name);
      }
    }
    return "manifest.json is not in the package.";
  }

  private static Refusal refusal(List<Reason.Detail> findings) {
    String message = Findings.joined(findings);
    return new Refusal(new Reason.Nested(Reason.invalid(null, message), CODE, message, findings));
  }
}
