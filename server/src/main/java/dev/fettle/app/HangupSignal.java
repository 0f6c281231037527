package dev.fettle.app;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signal SIGHUP, by which operators have a server read its files anew, and which ends a JVM
 * that does not listen to it.
 *
 * <p>The JDK offers signals in {@code sun.misc} only, of its supported module {@code
 * jdk.unsupported}; by name, since the compiler warns of every use in a way that nothing can
 * silence.
 */
final class HangupSignal {
  private static final Logger LOG = LoggerFactory.getLogger(HangupSignal.class);

  private HangupSignal() {}

  /** Has the signal run this from now on, in place of ending the process. */
  static void runs(Runnable work) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object heard =
          Proxy.newProxyInstance(
              HangupSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                LOG.info("event=hangup");
                work.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), heard);
    } catch (ReflectiveOperationException e) {
      LOG.warn("event=no_hangup problem=\"SIGHUP will end this server: {}\"", e.toString());
    }
  }
}
