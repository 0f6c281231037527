package dev.fettle.jobs;

/**
 * The thing that a step is to work on.
 *
 * @param tenantId the tenant that it is for; empty for a recurring job of the whole server
 * @param key what of the tenant it is about, such as the id of one vppToken
 */
public record JobKey(String tenantId, String key) {}
