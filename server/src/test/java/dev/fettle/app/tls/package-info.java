/** Tests of the server's certificate. */
@NullMarked
package dev.fettle.app.tls;

import org.jspecify.annotations.NullMarked;
