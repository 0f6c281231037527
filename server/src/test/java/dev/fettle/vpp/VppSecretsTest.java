package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.json.Json;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.LicenceHolder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Looks for content tokens in everything that a run leaves behind. */
@WithPostgres
final class VppSecretsTest {

  private final Queue<String> left = new ConcurrentLinkedQueue<>();
  private final Logger logs = (Logger) LoggerFactory.getLogger("dev.fettle");
  private final AppenderBase<ILoggingEvent> ear =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          left.add(event.getFormattedMessage());
          if (event.getThrowableProxy() != null) {
            left.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
          }
        }
      };
  private VppWorld world;

  @BeforeEach
  void begin(Db db, @TempDir Path data) {
    ear.start();
    logs.addAppender(ear);
    logs.setLevel(Level.TRACE);
    world = new VppWorld(db, data);
    world.notified();
  }

  @AfterEach
  void end() throws Exception {
    world.close();
    logs.detachAppender(ear);
    logs.setLevel(null);
  }

  @Test
  void a_full_run_leaves_no_content_token_behind() {
    VppWorld.Library library = world.library(0);
    world.admin.addShelf(library.uId());
    String revoked = world.admin.issueToken(library.uId());
    String fresh = world.admin.issueToken(library.uId());
    String foreign = world.library(1).token();
    String broken = library.token().substring(0, library.token().length() - 9);

    String id = run(library, revoked, fresh, foreign, broken);
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    world.server.application().vpp().meter(metrics).run();
    String scrape = metrics.scrape();
    assertThat(scrape).contains("fettle_vpp_token_expiry_seconds").contains(id);
    left.add(scrape);
    dump();

    String all = String.join("\n", left);
    assertThat(all).contains(id).contains("vpp_token").contains("event=vpp_");
    for (String token : List.of(library.token(), revoked, fresh, foreign, broken)) {
      for (String trace : traces(token)) {
        assertThat(all.contains(trace)).as("a content token was left behind").isFalse();
      }
    }
  }

  private String run(
      VppWorld.Library library, String revoked, String fresh, String foreign, String broken) {
    String id = world.created(library.token());
    world.admin.revokeToken(revoked);
    keep(world.server.get(world.caller, VppWorld.BETA_TOKENS));
    keep(world.patch(id, "{\"token\":\"" + foreign + "\"}"));
    keep(world.patch(id, "{\"token\":\"" + revoked + "\"}"));
    keep(world.patch(id, "{\"token\":\"" + broken + "\"}"));
    keep(world.patch(id, "{\"token\":\"" + library.token() + "\", nonsense"));
    keep(world.patch(id, "{\"token\":[\"" + library.token() + "\"]}"));
    keep(world.patch(id, "{\"" + library.token() + "\":1}".substring(0, 2)));
    keep(world.patch(id, "{\"token\":\"" + fresh + "\"}"));
    keep(world.patch(id, "{\"token\":\"" + fresh + "\"}"));
    world.give(library, "408709785", LicenceHolder.device("SERIAL1"));
    for (Fault fault :
        List.of(
            Fault.on("getAssets", Fault.Replace.garbage()),
            Fault.on("clientConfig", new Fault.HalfBody()),
            Fault.on("clientConfig", Fault.Refuse.with(9603)),
            Fault.on("getUsers", new Fault.Reset()))) {
      world.admin.addFault(fault);
      world.clock.advance(Duration.ofMinutes(20));
      world.sync(id);
      world.admin.clearFaults();
      world.clock.advance(Duration.ofMinutes(20));
      world.work();
    }
    world.apple.suspend();
    keep(world.patch(id, "{\"token\":\"" + library.token() + "\"}"));
    world.sync(id);
    world.apple.resume();
    world.clock.advance(Duration.ofDays(2));
    world.work();
    keep(world.server.get(world.caller, "/fettle/v1.0/vppTokens/attention"));
    keep(world.server.get(world.caller, VppWorld.BETA_APPS));
    return id;
  }

  private void keep(InProcess.Answer answer) {
    left.add(answer.status() + " " + answer.body());
    answer.headers().forEach((name, value) -> left.add(name + ": " + value));
  }

  /** Every row of every table as text, bytes in hexadecimal. */
  private void dump() {
    Sql names = Sql.of("select tablename from pg_tables where schemaname = 'public'");
    for (String table : world.db.statement(tx -> tx.list(names, String.class))) {
      left.add(table);
      Sql rows = Sql.of("select x::text from " + table + " x");
      left.addAll(world.db.statement(tx -> tx.list(rows, String.class)));
    }
  }

  /**
   * Texts that would betray a token: its own and the one inside, both as hexadecimal digits too.
   */
  private static List<String> traces(String token) {
    String middle = token.substring(20, 60);
    String inner;
    try {
      inner =
          Json.readTrusted(new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8))
              .path("token")
              .asString();
    } catch (RuntimeException e) {
      return List.of(middle, hex(middle));
    }
    return List.of(middle, hex(middle), inner, hex(inner));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
