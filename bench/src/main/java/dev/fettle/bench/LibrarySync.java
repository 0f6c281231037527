package dev.fettle.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.fettle.app.Application;
import dev.fettle.app.CapabilitySettings;
import dev.fettle.app.Infrastructure;
import dev.fettle.base.Ids;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.VppSettings;
import dev.fettle.vpp.apple.AppleSettings;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The sync of a library of 20,000 assets against the stand-in for Apple, a process of its own, and
 * beside it the bare download of the same answers: five at a time, to the last byte, not looked at.
 */
final class LibrarySync {

  private static final int ASSETS = 20_000;
  private static final int ROUNDS = 3;
  private static final int AT_ONCE = 5;
  private static final long BETWEEN_COLLECTIONS = 50_000_000;
  private static final String TOKENS = "/v1.0/deviceAppManagement/vppTokens";
  private static final Pattern READY = Pattern.compile("is ready at (\\S+)");
  private static final Pattern CONTENT_TOKEN = Pattern.compile("content token: (\\S+)");

  /** Of a tenant of its own: that of the requests has all the vppTokens that one may have. */
  private static final Caller CALLER =
      new Caller(
          "6f1e77ae-0000-4000-8000-000000000002",
          Caller.Kind.APPLICATION,
          "bench",
          "Bench",
          null,
          null,
          new VppSuite().permissions());

  private final Rig rig;
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

  /** What one run cost. */
  private record Cost(double wallMillis, double cpuMillis, long bytes) {}

  LibrarySync(Rig rig) {
    this.rig = rig;
  }

  /** A part of the page of results. */
  String measure() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("fettle-bench-sync");
    Process standIn = standIn();
    try {
      String[] said = introduction(standIn);
      URI apple = URI.create(said[0]);
      try (Application application = application(apple, folder)) {
        return measure(apple, said[1], application);
      }
    } finally {
      standIn.destroy();
      standIn.waitFor();
      Rig.delete(folder);
    }
  }

  private String measure(URI apple, String contentToken, Application application)
      throws IOException, InterruptedException {
    String id =
        send(application.handler(), "POST", TOKENS, "{\"token\":\"" + contentToken + "\"}")
            .path("id")
            .asString();
    Cost first = cost(() -> sync(application, id, false));
    List<Cost> syncs = new ArrayList<>();
    List<Cost> downloads = new ArrayList<>();
    long statements = 0;
    download(apple, contentToken);
    for (int round = 0; round < ROUNDS; round++) {
      downloads.add(cost(() -> download(apple, contentToken)));
      long before = rig.db().statements();
      syncs.add(cost(() -> sync(application, id, true)));
      statements = rig.db().statements() - before;
    }
    long peak = peak(() -> sync(application, id, true));
    Cost sync = median(syncs);
    Cost download = median(downloads);
    return String.format(
        Locale.ROOT,
        """

        ## Sync of a library of %,d assets

        The stand-in for Apple is a process of its own. Held against the bare download of the same answers
        (%.1f MB, five at a time, not looked at); medians of %d.

        | | wall ms | CPU ms | statements |
        |---|---|---|---|
        | bare download | %.0f | %.0f | 0 |
        | first sync, names included | %.0f | %.0f | |
        | sync again | %.0f | %.0f | %d |

        Sync again / bare download: %.1f times the CPU, %.1f times the wall time, the database's own processor
        time in the latter alone. Live heap while it syncs, at its peak and beyond what was live before: %.1f MB.
        """,
        ASSETS,
        download.bytes() / 1e6,
        ROUNDS,
        download.wallMillis(),
        download.cpuMillis(),
        first.wallMillis(),
        first.cpuMillis(),
        sync.wallMillis(),
        sync.cpuMillis(),
        statements,
        sync.cpuMillis() / download.cpuMillis(),
        sync.wallMillis() / download.wallMillis(),
        peak / 1e6);
  }

  private Application application(URI apple, Path folder) {
    return new Application(
        new Infrastructure(
            rig.db(),
            GraphVersion.schemas(),
            authorization -> CALLER,
            InstantSource.system(),
            Ids.random(),
            folder,
            new byte[32]),
        new CapabilitySettings(
            UpdateSettings.standard(),
            DdiSettings.standard(),
            VppSettings.lenient(
                AppleSettings.at(apple, apple.resolve(AppleSettings.APPLE_LOOKUP.getPath())),
                folder.resolve("vpp.json"))));
  }

  private static Process standIn() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.fettle.app.Main",
            "apple-stand-in",
            "--port=0",
            "--assets=" + ASSETS,
            "--requests-per-second=1000000")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Where it is, and the content token of the library that came last. */
  private static String[] introduction(Process standIn) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(standIn.getInputStream(), StandardCharsets.UTF_8));
    String contentToken = "";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher token = CONTENT_TOKEN.matcher(line);
      if (token.find()) {
        contentToken = token.group(1);
      }
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        return new String[] {ready.group(1), contentToken};
      }
    }
    throw new IOException("the stand-in for Apple did not start");
  }

  /** Runs the job on this thread, so that it has ended when this returns. */
  private static long sync(Application application, String id, boolean ask) throws IOException {
    if (ask) {
      send(application.handler(), "POST", TOKENS + "/" + id + "/syncLicenses", "");
    }
    application.jobs().runDue();
    String status =
        send(application.handler(), "GET", TOKENS + "/" + id, "").path("lastSyncStatus").asString();
    if (!status.equals("completed")) {
      throw new IOException("the sync is " + status);
    }
    return 0;
  }

  private static JsonNode send(Handler handler, String method, String path, String body)
      throws IOException {
    Response response =
        handler.handle(
            new Request(
                method,
                path,
                "",
                Headers.of("Authorization", "Bearer x", "Content-Type", "application/json"),
                "http",
                "bench.example",
                Peer.of("127.0.0.1"),
                RequestBody.of(body.getBytes(StandardCharsets.UTF_8))));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    switch (response.body()) {
      case Response.None none -> {}
      case Response.Bytes bytes -> answer.write(bytes.bytes());
      case Response.Stream stream -> stream.writer().writeTo(answer);
    }
    if (response.status() >= 300) {
      throw new IOException(path + " was answered with " + answer);
    }
    return Json.read(answer.toByteArray());
  }

  /** Everything that a sync reads, and nothing done with it. */
  private static long download(URI apple, String contentToken)
      throws IOException, InterruptedException {
    List<HttpRequest> requests = new ArrayList<>();
    for (String path : List.of("/service/config", "/client/config", "/assignments", "/users")) {
      requests.add(asked(apple + path, "Authorization", "Bearer " + contentToken));
    }
    for (int page = 0; page * 999 < ASSETS; page++) {
      requests.add(
          asked(apple + "/assets?pageIndex=" + page, "Authorization", "Bearer " + contentToken));
    }
    Semaphore places = new Semaphore(AT_ONCE);
    long bytes = 0;
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (HttpRequest request : requests) {
        places.acquire();
        answers.add(
            threads.submit(
                () -> {
                  try {
                    return http.send(request, HttpResponse.BodyHandlers.ofByteArray())
                        .body()
                        .length;
                  } finally {
                    places.release();
                  }
                }));
      }
      for (Future<Integer> answer : answers) {
        bytes += answer.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    return bytes;
  }

  private static HttpRequest asked(String address, String header, String value) {
    return HttpRequest.newBuilder(URI.create(address)).header(header, value).build();
  }

  private Cost cost(Callable<Long> work) throws IOException {
    long cpu = system.getProcessCpuTime();
    long wall = System.nanoTime();
    long bytes = run(work);
    return new Cost(
        (System.nanoTime() - wall) / 1e6, (system.getProcessCpuTime() - cpu) / 1e6, bytes);
  }

  private static Cost median(List<Cost> all) {
    Cost[] sorted = all.toArray(Cost[]::new);
    Arrays.sort(sorted, (one, other) -> Double.compare(one.cpuMillis(), other.cpuMillis()));
    return sorted[sorted.length / 2];
  }

  /** The most that is live after full collections, which follow one another while the work runs. */
  private long peak(Callable<Long> work) throws IOException, InterruptedException {
    System.gc();
    long before = memory.getHeapMemoryUsage().getUsed();
    long[] most = {0};
    Thread collector =
        Thread.ofPlatform()
            .daemon(true)
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    System.gc();
                    most[0] = Math.max(most[0], memory.getHeapMemoryUsage().getUsed() - before);
                    LockSupport.parkNanos(BETWEEN_COLLECTIONS);
                  }
                });
    run(work);
    collector.interrupt();
    collector.join();
    return most[0];
  }

  private static long run(Callable<Long> work) throws IOException {
    try {
      return work.call();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
