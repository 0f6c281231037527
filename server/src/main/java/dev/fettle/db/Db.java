package dev.fettle.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.pool.HikariPool;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The database: lends a connection for a transaction or for single reads.
 *
 * <p>The pool is built by the constructor, on the thread that calls it, and not on first use: a
 * lazy holder that does I/O can stop every virtual thread of a small machine for ever. In front of
 * the pool stands a fair semaphore of the pool's size. The pool itself is not fair, so without it a
 * burst makes some callers wait long past others; with it waiting is in order and bounded, and who
 * has waited too long is told so (503 with Retry-After) instead of piling up.
 */
public final class Db implements AutoCloseable {
  private static final ScopedValue<AtomicBoolean> COMMITTED = ScopedValue.newInstance();

  private static final Pattern SEVERAL_HOSTS = Pattern.compile("^jdbc:postgresql://[^/?]*,");
  private static final Sql READ_ONLY =
      Sql.of("select current_setting('transaction_read_only') = 'on'");

  private final HikariDataSource pool;
  private final Semaphore admission;
  private final DbSettings settings;
  private final LongAdder statements = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ThreadLocal<@Nullable Boolean> lent = new ThreadLocal<>();

  /** Connects at least once, so that a wrong URL or password is known at start. */
  public Db(DbSettings settings) {
    this.settings = settings;
    this.admission = new Semaphore(settings.connections(), true);
    HikariConfig config = new HikariConfig();
    config.setPoolName("db");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(Math.min(settings.idleConnections(), settings.connections()));
    config.setConnectionTimeout(Math.max(250, settings.admissionWait().toMillis()));
    config.setInitializationFailTimeout(1);
    config.setAutoCommit(true);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // Not start-up parameters: connection poolers in front of a database refuse those.
    config.setConnectionInitSql(
        "select set_config('statement_timeout', '%1$d', false), set_config('lock_timeout', '%1$d', false), set_config('idle_in_transaction_session_timeout', '%2$d', false), set_config('timezone', 'UTC', false)"
            .formatted(
                settings.statementTimeout().toMillis(),
                settings.statementTimeout().toMillis() * 2));
    config.addDataSourceProperty("ApplicationName", "fettle");
    // What comes twice comes often: each of the connections would plan it ten times over otherwise.
    config.addDataSourceProperty("prepareThreshold", "2");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // The detail of a violated condition is the whole row, and failures are logged.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("preparedStatementCacheQueries", "512");
    // Outlives the statement timeout: it is for a network that went silent.
    config.addDataSourceProperty(
        "socketTimeout", Long.toString(settings.statementTimeout().toSeconds() + 15));
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // A connection that met a read-only server leads to one that was a primary until a moment ago.
    config.setExceptionOverride(new EvictReadOnly());
    this.pool = connect(config, settings);
    try {
      checkWritable();
    } catch (Refusal refusal) {
      pool.close();
      throw new DatabaseFailure(
          "The database %s cannot be used: %s".formatted(named(settings), refusal.getMessage()),
          refusal);
    }
  }

  private static final class EvictReadOnly implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
      return SqlStates.READ_ONLY.equals(failure.getSQLState())
          ? SQLExceptionOverride.Override.MUST_EVICT
          : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
  }

  private static HikariDataSource connect(HikariConfig config, DbSettings settings) {
    if (SEVERAL_HOSTS.matcher(settings.url()).find()
        && !settings.url().contains("targetServerType=primary")) {
      throw new DatabaseFailure(
          ("The database %s has several hosts, and the first that answers may be a standby, which"
                  + " stores nothing. Add targetServerType=primary to the URL.")
              .formatted(named(settings)));
    }
    try {
      return new HikariDataSource(config);
    } catch (HikariPool.PoolInitializationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new DatabaseFailure(
          "The database %s cannot be reached: %s".formatted(named(settings), cause.getMessage()),
          e);
    }
  }

  /** The URL without what follows its question mark, which may be a secret. */
  private static String named(DbSettings settings) {
    return settings.url().replaceAll("\\?.*", "");
  }

  /**
   * Looks whether the database answers and stores.
   *
   * @throws Refusal if it is out of reach or read-only, as a standby is
   */
  public void checkWritable() {
    if (statement(tx -> tx.one(READ_ONLY, Boolean.class)).orElse(true)) {
      throw new Refusal(SqlStates.readOnly());
    }
  }

  /** Runs work as one READ COMMITTED transaction: all of it is kept, or none. */
  public <T extends @Nullable Object> T tx(TxWork<T> work) {
    return lend(
        connection -> {
          connection.setAutoCommit(false);
          try {
            Tx tx = new Tx(connection, statements);
            T result = work.run(tx);
            if (tx.commit() && COMMITTED.isBound()) {
              COMMITTED.get().set(true);
            }
            return result;
          } catch (Throwable failure) {
            rollBack(connection, failure);
            throw failure;
          } finally {
            restoreAutoCommit(connection);
          }
        });
  }

  /**
   * Runs work of one or more transactions that a caller sees as one. If the database goes away
   * after the first of them was kept, the caller may not be told that it can simply come again.
   *
   * @throws Refusal with {@link Reason.CompletionUnknown} in the place of {@link
   *     Reason.Unavailable} once something was stored
   */
  public static <T> T asOne(Supplier<T> work) {
    AtomicBoolean committed = new AtomicBoolean();
    try {
      return ScopedValue.where(COMMITTED, committed).call(work::get);
    } catch (Refusal refusal) {
      throw committed.get() && refusal.reason() instanceof Reason.Unavailable
          ? new Refusal(
              new Reason.CompletionUnknown(
                  "The change was stored, all of it or a part, and then what the answer needs was"
                      + " out of reach. Look at what is there before you send it again."))
          : refusal;
    }
  }

  /** Runs work as one transaction that answers nothing. */
  public void run(Consumer<Tx> work) {
    tx(
        tx -> {
          work.accept(tx);
          return true;
        });
  }

  /** Runs single statements, each its own transaction. */
  public <T extends @Nullable Object> T statement(TxWork<T> work) {
    return lend(connection -> work.run(new Tx(connection, statements)));
  }

  /** The number of statements since the start: tests hold hot paths to it. */
  public long statements() {
    return statements.sum();
  }

  /** The load of the connections, for metrics. */
  public DbUsage usage() {
    return new DbUsage(
        settings.connections(),
        settings.connections() - admission.availablePermits(),
        waiting.get(),
        refusals.sum());
  }

  /** Closes the connections; work that still runs loses its own. */
  @Override
  public void close() {
    pool.close();
  }

  private interface ConnectionWork<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  private <T extends @Nullable Object> T lend(ConnectionWork<T> work) {
    if (lent.get() != null) {
      throw new IllegalStateException(
          "this thread already holds a connection: pass the Tx on instead of asking for another");
    }
    admit();
    lent.set(true);
    try (Connection connection = pool.getConnection()) {
      return work.run(connection);
    } catch (SqlFailure failure) {
      throw SqlStates.translate(failure.failure(), failure.statement());
    } catch (SQLException failure) {
      throw SqlStates.translate(failure, "");
    } finally {
      lent.remove();
      admission.release();
    }
  }

  private void admit() {
    if (tryAdmit(0)) {
      return;
    }
    waiting.incrementAndGet();
    try {
      if (tryAdmit(settings.admissionWait().toNanos())) {
        return;
      }
    } finally {
      waiting.decrementAndGet();
    }
    refusals.increment();
    throw new Refusal(SqlStates.unavailable("The server is busy. Try again in a moment."));
  }

  // Always the timed form: tryAcquire() without a time jumps the queue even of a fair semaphore.
  private boolean tryAdmit(long nanos) {
    try {
      return admission.tryAcquire(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void rollBack(Connection connection, Throwable failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static void restoreAutoCommit(Connection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      // The connection is broken; the pool notices when it comes back and replaces it.
      return;
    }
  }
}
