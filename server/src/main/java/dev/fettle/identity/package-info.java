/**
 * Who calls: tenants, callers and their permissions, the issuers whose access tokens are trusted,
 * and the built-in issuer. A {@link dev.fettle.identity.Caller} is what every facade takes as its
 * first word on rights; nothing here knows what the permissions open.
 */
@NullMarked
package dev.fettle.identity;

import org.jspecify.annotations.NullMarked;
