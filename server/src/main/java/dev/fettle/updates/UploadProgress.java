package dev.fettle.updates;

import org.jspecify.annotations.Nullable;

/**
 * The progress of a file that is sent in pieces.
 *
 * @param bytes how many bytes are there, from the first
 * @param content the whole file, once it is there
 */
record UploadProgress(long bytes, @Nullable Content content) {}
