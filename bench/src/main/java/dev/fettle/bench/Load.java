package dev.fettle.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends requests over a few kept connections for some seconds: the second process of a run. Prints
 * how many were answered, how many of those not as expected, and two latencies in microseconds.
 */
final class Load {

  private static final int MOST_LATENCIES = 200_000;

  private Load() {}

  /**
   * Sends and prints.
   *
   * @param arguments suite, target, port, connections, seconds, first number
   */
  public static void main(String[] arguments) throws InterruptedException {
    Target target =
        Suite.named(arguments[0]).targets().stream()
            .filter(one -> one.name().equals(arguments[1]))
            .findFirst()
            .orElseThrow();
    int port = Integer.parseInt(arguments[2]);
    int connections = Integer.parseInt(arguments[3]);
    long until = System.nanoTime() + Long.parseLong(arguments[4]) * 1_000_000_000L;
    AtomicInteger next = new AtomicInteger(Integer.parseInt(arguments[5]));
    LongAdder answered = new LongAdder();
    LongAdder unexpected = new LongAdder();
    long[] latencies = new long[MOST_LATENCIES];
    AtomicInteger measured = new AtomicInteger();
    Thread[] threads = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                      socket.setTcpNoDelay(true);
                      InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
                      OutputStream out = socket.getOutputStream();
                      while (System.nanoTime() < until) {
                        byte[] request = target.request().apply(next.getAndIncrement());
                        long start = System.nanoTime();
                        out.write(request);
                        out.flush();
                        int status = Answer.read(in);
                        int slot = measured.getAndIncrement();
                        if (slot < MOST_LATENCIES) {
                          latencies[slot] = System.nanoTime() - start;
                        }
                        answered.increment();
                        if (status != target.status()) {
                          unexpected.increment();
                        }
                      }
                    } catch (IOException e) {
                      unexpected.increment();
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    int count = Math.min(measured.get(), MOST_LATENCIES);
    long[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%d %d %d %d%n",
        answered.sum(),
        unexpected.sum(),
        count == 0 ? 0 : sorted[count / 2] / 1_000,
        count == 0 ? 0 : sorted[(int) (count * 0.99)] / 1_000);
  }
}
