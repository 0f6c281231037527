package dev.fettle.vpp.apple;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The library of a content token, as every answer to one describes it.
 *
 * @param libraryId Apple's {@code uId}: the stable identity of the library
 * @param tokenExpires when the content token ends, if the answer says so
 * @param mdmInfo who holds the library, if somebody has said so
 */
public record LibraryInfo(
    String libraryId, @Nullable Instant tokenExpires, @Nullable MdmInfo mdmInfo) {}
