package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The process of a server, from its start to the signal that ends it. */
final class ServerProcess {
  private ServerProcess() {}

  /** A thing that lives as long as the server, started when that is ready. */
  @FunctionalInterface
  interface Companion {
    AutoCloseable start(FettleServer server);
  }

  /** Runs until the process is told to end. */
  static int run(
      Settings settings, JsonNode seed, Companion companion, Consumer<FettleServer> ready)
      throws Exception {
    Logging.start(settings.get(Setting.LOG_LEVEL));
    Logger log = LoggerFactory.getLogger(ServerProcess.class);
    Logging.settings(log, settings);
    AtomicReference<Runnable> reload = new AtomicReference<>(() -> {});
    HangupSignal.runs(() -> reload.get().run());
    FettleServer server = FettleServer.start(settings, seed);
    reload.set(server::reload);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (server;
        AutoCloseable beside = companion.start(server)) {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("stop")
                  .unstarted(
                      () -> {
                        end.countDown();
                        await(ended);
                      }));
      ready.accept(server);
      log.info("event=ready urls={} beside={}", server.urls(), beside != null);
      await(end);
      log.info("event=stopping");
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
