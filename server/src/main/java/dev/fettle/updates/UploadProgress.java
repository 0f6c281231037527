package dev.fettle.updates;

import org.jspecify.annotations.Nullable;

/**
 * How far a file that is sent in pieces has come.
 *
 * @param bytes how many bytes are there, from the first
 * @param content the whole file, once it is there
 */
record UploadProgress(long bytes, @Nullable Content content) {}
