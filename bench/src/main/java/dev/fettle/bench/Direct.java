package dev.fettle.bench;

import com.sun.management.ThreadMXBean;
import dev.fettle.db.Db;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The same requests without sockets, one after the other on one thread, whose processor time leaves
 * out the compiler and the collector: the share of the handlers alone, which a busy machine
 * disturbs little. The sockets would add the same to both sides of a ratio and so bring it nearer
 * to one.
 */
final class Direct {

  private static final int WARM_UP = 12_000;
  private static final int REQUESTS = 4_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Suite suite;
  private final Handler handler;
  private final Db db;
  private final Map<String, Integer> numbers = new HashMap<>();

  Direct(Suite suite, Rig rig) {
    this.suite = suite;
    this.handler = rig.handler();
    this.db = rig.db();
  }

  /**
   * What a request costs the thread that carries it out.
   *
   * @param micros of processor time
   * @param kilobytes allocated
   */
  record Cost(double micros, double kilobytes) {}

  /** What each request costs, the median of the rounds. */
  Map<Target, Cost> measure(int rounds) throws IOException {
    Map<Target, List<Cost>> samples = new LinkedHashMap<>();
    for (Target target : suite.targets()) {
      run(target, WARM_UP / target.weight());
    }
    for (int round = 0; round < rounds; round++) {
      for (Target target : suite.targets()) {
        samples
            .computeIfAbsent(target, any -> new ArrayList<>())
            .add(run(target, REQUESTS / target.weight()));
      }
    }
    Map<Target, Cost> medians = new LinkedHashMap<>();
    samples.forEach(
        (target, all) ->
            medians.put(target, new Cost(median(all, Cost::micros), median(all, Cost::kilobytes))));
    return medians;
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> value) {
    double[] sorted = costs.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private Cost run(Target target, int count) throws IOException {
    if (suite.restored(db, target)) {
      numbers.remove(target.name());
    }
    int first = numbers.merge(target.name(), count, Integer::sum) - count;
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request(target.request().apply(first + i)));
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    for (Request request : requests) {
      Response response = handler.handle(request);
      if (response.status() != target.status()) {
        throw new IllegalStateException(
            "%s was answered with %d at %s"
                .formatted(target.name(), response.status(), request.rawPath()));
      }
      if (response.body() instanceof Response.Stream stream) {
        stream.writer().writeTo(OutputStream.nullOutputStream());
      }
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    return new Cost(nanos / 1_000.0 / count, bytes / 1_024.0 / count);
  }

  private static Request request(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int blank = text.indexOf("\r\n\r\n");
    String[] head = text.substring(0, blank).split("\r\n");
    String[] line = head[0].split(" ");
    int question = line[1].indexOf('?');
    List<String> headers = new ArrayList<>();
    for (String field : Arrays.asList(head).subList(1, head.length)) {
      int colon = field.indexOf(':');
      headers.add(field.substring(0, colon));
      headers.add(field.substring(colon + 1).strip());
    }
    return new Request(
        line[0],
        question < 0 ? line[1] : line[1].substring(0, question),
        question < 0 ? "" : line[1].substring(question + 1),
        Headers.of(headers.toArray(new String[0])),
        "http",
        "bench.example",
        Peer.of("127.0.0.1"),
        RequestBody.of(Arrays.copyOfRange(bytes, blank + 4, bytes.length)));
  }
}
