package dev.fettle.bench;

import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The same requests without sockets, one after the other on one thread, whose processor time leaves
 * out the compiler and the collector: the share of the handlers alone, which a busy machine
 * disturbs little. The sockets would add the same to both sides of a ratio and so bring it nearer
 * to one.
 */
final class Direct {

  private static final int WARM_UP = 12_000;
  private static final int REQUESTS = 4_000;

  private final Handler handler;
  private final Map<Target, Integer> numbers = new EnumMap<>(Target.class);

  Direct(Handler handler) {
    this.handler = handler;
  }

  /** Microseconds of processor time for a request, the median of the rounds. */
  Map<Target, Double> measure(int rounds) throws IOException {
    Map<Target, List<Double>> samples = new EnumMap<>(Target.class);
    for (Target target : Target.values()) {
      run(target, target == Target.LIST_DEVICES ? WARM_UP / 10 : WARM_UP);
    }
    for (int round = 0; round < rounds; round++) {
      for (Target target : Target.values()) {
        int count = target == Target.LIST_DEVICES ? REQUESTS / 10 : REQUESTS;
        samples.computeIfAbsent(target, any -> new ArrayList<>()).add(run(target, count));
      }
    }
    Map<Target, Double> medians = new EnumMap<>(Target.class);
    samples.forEach(
        (target, all) -> {
          double[] sorted = all.stream().mapToDouble(one -> one).sorted().toArray();
          medians.put(target, sorted[sorted.length / 2]);
        });
    return medians;
  }

  private double run(Target target, int count) throws IOException {
    int first = numbers.merge(target, count, Integer::sum) - count;
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request(new String(target.request(first + i), StandardCharsets.US_ASCII)));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    for (Request request : requests) {
      Response response = handler.handle(request);
      if (response.status() != target.status()) {
        throw new IllegalStateException(
            target + " was answered with " + response.status() + " at " + request.rawPath());
      }
      if (response.body() instanceof Response.Stream stream) {
        stream.writer().writeTo(OutputStream.nullOutputStream());
      }
    }
    return (threads.getCurrentThreadCpuTime() - start) / 1_000.0 / count;
  }

  private static Request request(String text) {
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
        "127.0.0.1",
        new ByteArrayInputStream(text.substring(blank + 4).getBytes(StandardCharsets.US_ASCII)));
  }
}
