package dev.fettle.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * One app upgraded in every chat of a tenant by batches over sixteen connections: how long it takes
 * from the first to the last, and how much of that is waiting for the disk. The second run lets
 * commits return before they are on disk and changes nothing else.
 */
final class TenantUpgrade {

  private record Run(double seconds, double cpuSeconds, double statements, long upgraded) {}

  private final Rig rig;
  private final Runnable restore;
  private final IntFunction<byte[]> request;
  private final int batches;
  private final int upgrades;

  /**
   * @param restore brings all installations back to the old version
   * @param request the batch of a number
   */
  TenantUpgrade(Rig rig, Runnable restore, IntFunction<byte[]> request, int batches, int upgrades) {
    this.rig = rig;
    this.restore = restore;
    this.request = request;
    this.batches = batches;
    this.upgrades = upgrades;
  }

  /** A part of the page of results. */
  String measure() throws InterruptedException {
    Run durable = run();
    commits("off");
    Run quick;
    try {
      quick = run();
    } finally {
      commits("on");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return String.format(
        Locale.ROOT,
        """

        ## One app upgraded in %,d chats by $batch, %d connections

        | commits | seconds | upgrades/s | CPU s of server and client | share of %d cores | statements an upgrade | upgraded |
        |---|---|---|---|---|---|---|
        %s%s
        What the second line saves is waiting for the disk: each upgrade is a transaction of its own.
        """,
        upgrades,
        Rounds.CONNECTIONS,
        cores,
        line("on disk before they are answered", durable, cores),
        line("answered before they are on disk", quick, cores));
  }

  private String line(String commits, Run run, int cores) {
    return String.format(
        Locale.ROOT,
        "| %s | %.1f | %.0f | %.1f | %.0f %% | %.2f | %,d |%n",
        commits,
        run.seconds(),
        upgrades / run.seconds(),
        run.cpuSeconds(),
        100 * run.cpuSeconds() / run.seconds() / cores,
        run.statements() / upgrades,
        run.upgraded());
  }

  private Run run() throws InterruptedException {
    restore.run();
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    AtomicInteger next = new AtomicInteger();
    Thread[] threads = new Thread[Rounds.CONNECTIONS];
    long statements = rig.db().statements();
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    for (int i = 0; i < threads.length; i++) {
      threads[i] = Thread.ofPlatform().start(() -> send(next));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return new Run(
        (System.nanoTime() - start) / 1e9,
        (system.getProcessCpuTime() - cpu) / 1e9,
        rig.db().statements() - statements,
        upgraded());
  }

  private long upgraded() {
    return rig.db()
        .statement(
            tx ->
                tx.one(
                    Sql.of(
                        "select count(*) as n from teams_installation where upgraded_date_time is"
                            + " not null and version_key = '0012.'"),
                    row -> row.bigint("n")))
        .orElse(0L);
  }

  private void send(AtomicInteger next) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
      OutputStream out = socket.getOutputStream();
      for (int number = next.getAndIncrement(); number < batches; number = next.getAndIncrement()) {
        out.write(request.apply(number));
        out.flush();
        int status = Answer.read(in);
        if (status != 200) {
          throw new IllegalStateException("A batch was answered with " + status);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For sessions that are open already, too. */
  private void commits(String synchronous) {
    Db db = rig.db();
    int _ =
        db.statement(
            tx -> tx.update(Sql.of("alter system set synchronous_commit = " + synchronous)));
    boolean _ =
        db.statement(
                tx -> tx.one(Sql.of("select pg_reload_conf() as done"), row -> row.flag("done")))
            .orElse(false);
  }
}
