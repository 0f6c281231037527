/**
 * The app catalogue of a tenant: apps, their definitions, the packages behind them.
 *
 * <p>A definition is <em>submitted</em>, <em>rejected</em> or <em>published</em>; its id names the
 * state and so changes with it, while app and version stay. The <em>newest</em> definition is the
 * published one of the highest version. A published definition stays published; a deleted app
 * leaves the catalogue, but its rows stay for the installations that are of it.
 *
 * <p>Races are settled by the unique indexes: one organization app for each manifest id, one
 * definition for each version.
 */
@NullMarked
package dev.fettle.teams.catalogue;

import org.jspecify.annotations.NullMarked;
