package dev.fettle.updates;

/**
 * A stored file by its hashes, in lower-case hex; all of them were computed once, when it came in.
 */
public record Content(String sha256, String sha1, String md5, long size) {}
