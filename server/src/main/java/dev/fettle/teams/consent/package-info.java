/**
 * The rules of resource-specific consent: who may install and upgrade an app, which permissions
 * have to be consented to, and who is able to. Pure functions of values; no JSON, SQL or HTTP.
 *
 * <p>R is the permission set that a definition requires, C the set that a request consents to; both
 * are compared as sets of name and type. The <em>part</em> of R for a scope are the permissions
 * whose last name part belongs to it ({@code .User}, {@code .Chat}, {@code .Group}); a permission
 * with another ending belongs to every scope, so that a new kind is never granted silently.
 */
@NullMarked
package dev.fettle.teams.consent;

import org.jspecify.annotations.NullMarked;
