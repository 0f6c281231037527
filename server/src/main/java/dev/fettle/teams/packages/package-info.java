/**
 * App packages: the zip file that is published, opened safely, and the manifest in it, checked
 * completely. {@link dev.fettle.teams.packages.AppPackage.Reader#open} answers what the catalogue
 * needs or refuses with every finding at once, in the shape that Graph documents ({@code
 * UnableToParseTeamsAppManifest}).
 *
 * <p>What a schema can say of a manifest is data, {@code teams/manifest.schema.json}, one file for
 * all versions; {@code ManifestChecks} has the rules that no schema can say.
 *
 * <p>A <em>finding</em> is one thing that is wrong, with its code, message and the dotted path of
 * the place. What is read is bounded before it is unpacked: the number of entries, the size that an
 * entry declares and the size that comes out, the ratio between the two, the depth of the JSON. The
 * directory at the archive's end is the truth, and an entry whose own header says otherwise is
 * refused, so that no two readers can see two different packages. Files that the catalogue does not
 * need are never unpacked. Nothing here keeps state but for the schemas, which are read once.
 */
@NullMarked
package dev.fettle.teams.packages;

import org.jspecify.annotations.NullMarked;
