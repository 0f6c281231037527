/**
 * What a library holds and what Apple says about it, as values: assets, assignments, users, the
 * standing of the content token that opened it. They are what an answer said, checked for shape and
 * for nothing else.
 */
@NullMarked
package dev.fettle.vpp.apple.library;

import org.jspecify.annotations.NullMarked;
