/** What the tests of agents share: a server that follows a script. */
@NullMarked
package dev.fettle.agent.support;

import org.jspecify.annotations.NullMarked;
