package dev.fettle.db;

/**
 * The load of the database's connections.
 *
 * @param connections how many may be lent at once
 * @param lent how many are lent now
 * @param waiting how many callers wait for one
 * @param refused how many callers waited too long since the start
 */
public record DbUsage(int connections, int lent, int waiting, long refused) {}
