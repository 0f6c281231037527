/**
 * The way to PostgreSQL: statements in the open, one transaction at a time.
 *
 * <p>A {@link dev.fettle.db.Sql} is statement text with its bound values, never text of a client. A
 * {@link dev.fettle.db.Db} lends connections: {@code tx} runs one READ COMMITTED transaction,
 * {@code read} runs single statements. Work inside them sees a {@link dev.fettle.db.Tx} and reads
 * {@link dev.fettle.db.Row}s. The schema comes from numbered {@link dev.fettle.db.Migrations}, and
 * {@link dev.fettle.db.embedded.EmbeddedPostgres} is the server that runs when the operator names
 * none.
 *
 * <p>Invariants: a connection is lent only behind a fair admission limit, so waiting is bounded and
 * in order; a database that is out of reach is a refusal (503 with Retry-After), a violated unique
 * constraint is a {@link dev.fettle.db.UniqueViolation}, what a race with another request broke is
 * a conflict, a commit whose answer was lost says that nobody knows, everything else is a bug. A
 * thread holds at most one connection: a transaction inside a transaction is refused at once,
 * because under load it would wait for itself.
 *
 * <p>{@code Db} may be used from any number of threads; a {@code Tx} and its rows belong to the
 * thread that runs the work. Left out on purpose: object mapping, query building (that is the read
 * engine's), and savepoints.
 */
@NullMarked
package dev.fettle.db;

import org.jspecify.annotations.NullMarked;
