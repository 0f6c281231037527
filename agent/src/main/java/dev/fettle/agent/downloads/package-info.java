/**
 * The files of a deployment and where their bytes go: a {@link
 * dev.fettle.agent.downloads.DownloadSink} takes them, on disk or nowhere, and knows how many it
 * has and their hash, so that what broke off can go on.
 *
 * <p>An <em>artifact</em> is a file as the server announced it; its <em>tag</em> says which version
 * of it the held bytes belong to. A file is what was announced if it has its size and the strongest
 * of its hashes.
 *
 * <p>A sink belongs to one download and to the thread that runs it; all else is immutable. Left
 * out: fetching, which is the protocol's.
 */
@NullMarked
package dev.fettle.agent.downloads;

import org.jspecify.annotations.NullMarked;
