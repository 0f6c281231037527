package dev.fettle.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Opens many HTTPS connections, sends one request on each and keeps them, as devices do between two
 * polls. Says how many are open; when its input ends, sends one more on each and says how many were
 * answered. {@code bench/edge} runs it as a source file, so it needs nothing but the JDK.
 */
final class IdleConnections {

  private static final int AT_ONCE = 8;

  private IdleConnections() {}

  /**
   * Opens, waits, asks again.
   *
   * @param arguments the server's URL, how many connections
   */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, GeneralSecurityException {
    URI server = URI.create(arguments[0]);
    SSLSocketFactory tls = trustingAll();
    List<Callable<Socket>> openings =
        IntStream.range(0, Integer.parseInt(arguments[1]))
            .<Callable<Socket>>mapToObj(
                any ->
                    () -> {
                      Socket socket =
                          tls.createSocket(InetAddress.getLoopbackAddress(), server.getPort());
                      ask(socket);
                      return socket;
                    })
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Socket> open =
          threads.invokeAll(openings).stream()
              .filter(one -> one.state() == Future.State.SUCCESS)
              .map(Future::resultNow)
              .toList();
      System.out.println("open: " + open.size());
      System.in.transferTo(System.out);
      List<Callable<Boolean>> questions =
          open.stream().<Callable<Boolean>>map(socket -> () -> ask(socket)).toList();
      long answered =
          threads.invokeAll(questions).stream()
              .filter(one -> one.state() == Future.State.SUCCESS)
              .count();
      System.out.println("answered again: " + answered);
    }
    System.exit(0);
  }

  /** Sends a request and reads its answer, which has a length. */
  private static boolean ask(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
    return Answer.read(socket.getInputStream()) == 200;
  }

  /** The server is on this machine and was started by who asks. */
  private static SSLSocketFactory trustingAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new Anyone()}, null);
    return context.getSocketFactory();
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
