/**
 * Benchmarks of hot requests, each as a ratio within one run.
 *
 * <p>A run starts an embedded PostgreSQL and, in one process, two handlers behind the same server
 * library and the same connection pool: the product's own, and a <i>bare</i> one that does a single
 * primary-key select or insert and answers as many bytes. A second process sends the requests, so
 * the processor time of the first is that of the server alone. Bare and real take turns, and what
 * is kept is the median of the rounds. Results lie in {@code bench/results} with machine and date.
 */
@NullMarked
package dev.fettle.bench;

import org.jspecify.annotations.NullMarked;
