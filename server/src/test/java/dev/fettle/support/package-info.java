/** What tests share: a throw-away database, clocks and ids that can be foreseen, fakes. */
@NullMarked
package dev.fettle.support;

import org.jspecify.annotations.NullMarked;
