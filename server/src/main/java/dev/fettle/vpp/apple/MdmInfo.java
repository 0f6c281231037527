package dev.fettle.vpp.apple;

/**
 * A management service that holds a library.
 *
 * @param id unique for an installation and library: ownership is decided by it
 * @param name its name for people
 * @param metadata anything of the service's own
 */
public record MdmInfo(String id, String name, String metadata) {}
