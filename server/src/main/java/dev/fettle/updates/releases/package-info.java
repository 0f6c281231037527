/**
 * Releases: versions of software with their files.
 *
 * <p>A <i>release</i> is a version of one software type for some device types and models, with its
 * <i>artifacts</i>; it is a draft, published, or withdrawn, and only a draft changes. Agents know
 * it by its <i>module number</i>.
 *
 * <p>The bytes of files lie in a {@link dev.fettle.updates.releases.ContentStore} under their
 * SHA-256, written before the row that names them and removed by a sweep when no row does. A file
 * may come in pieces; what has arrived outlives the process.
 *
 * <p>What is published decides how fresh each device is. Whoever publishes or withdraws has that
 * worked out, and a job does it once more, which outlives the process too.
 *
 * <p>All types are safe for concurrent use. What is asked of devices lies one room above.
 */
@NullMarked
package dev.fettle.updates.releases;

import org.jspecify.annotations.NullMarked;
