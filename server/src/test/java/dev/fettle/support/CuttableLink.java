package dev.fettle.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A line to another port on loopback that can be cut and mended: while it is cut, connections that
 * were open are gone and new ones are closed at once, as if the other end had died.
 */
public final class CuttableLink implements AutoCloseable {

  private final ServerSocket entrance;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean cut;

  /** A line to that port. */
  public CuttableLink(int target) {
    this.target = target;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** Where the line begins. */
  public int port() {
    return entrance.getLocalPort();
  }

  /** Cuts every connection, and those to come. */
  public void cut() {
    cut = true;
    open.forEach(CuttableLink::close);
  }

  /** Lets new connections through again. */
  public void mend() {
    cut = false;
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    cut();
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = entrance.accept();
        threads.execute(() -> join(near));
      }
    } catch (IOException e) {
      // The entrance was closed.
      return;
    }
  }

  private void join(Socket near) {
    open.add(near);
    try (Socket far = new Socket()) {
      open.add(far);
      if (!cut) {
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        threads.execute(() -> pump(far, near));
        pump(near, far);
      }
      open.remove(far);
    } catch (IOException e) {
      // Cut: both ends learn it by their closed sockets.
      return;
    } finally {
      close(near);
      open.remove(near);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Cut.
      return;
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
