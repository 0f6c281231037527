package dev.fettle.simulator.apple.library;

/**
 * The management service that says it owns a library.
 *
 * @param id unique for an installation and a library
 * @param name for people
 * @param metadata whatever the service wants to remember; Apple wants it non-empty
 */
public record MdmInfo(String id, String name, String metadata) {}
