/**
 * The rules of resource-specific consent: who may install and upgrade an app, which permissions
 * have to be consented to, and who is able to. Pure functions of values; no JSON, SQL or HTTP.
 *
 * <p>R is the permission set that a definition requires, C the set that a request consents to, H
 * what the installation was consented to before; they are compared as sets of name and type.
 * Consent is asked only for what R has and H has not. The <em>part</em> of R for a scope are the
 * permissions whose last name part belongs to it ({@code .User}, {@code .Chat}, {@code .Group}); a
 * permission with another ending belongs to every scope, so that a new kind is never granted
 * silently.
 */
@NullMarked
package dev.fettle.teams.consent;

import org.jspecify.annotations.NullMarked;
