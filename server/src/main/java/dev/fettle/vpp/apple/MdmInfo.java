package dev.fettle.vpp.apple;

/**
 * Which management service holds a library.
 *
 * @param id unique for an installation and library; what ownership is decided by
 * @param name what a person knows it as
 * @param metadata anything of the service's own
 */
public record MdmInfo(String id, String name, String metadata) {}
