package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.SoftwareType;
import dev.fettle.support.WithPostgres;
import dev.fettle.updates.AgentReport.Execution;
import dev.fettle.updates.AgentReport.Finished;
import dev.fettle.updates.UpdateFixture.Enrolled;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests, fetches, downloads, reports, cancellations and passing time on the real facades,
 * held after each step against a model of plain fields that knows no SQL. A failure prints the seed
 * and the steps that led to it.
 */
@WithPostgres
class OperationsModelTest {

  private static final int RUNS = 60;
  private static final int STEPS = 40;
  private static final Duration DEADLINE = Duration.ofHours(24);

  /** One operation as the model sees it. */
  private static final class Model {
    final String id;
    final int action;
    final Instant deadline;
    String status = "queued";
    @Nullable String error;
    boolean fetched;
    boolean downloaded;
    boolean cancelRequested;
    boolean late;
    @Nullable Instant completed;

    Model(String id, int action, Instant deadline) {
      this.id = id;
      this.action = action;
      this.deadline = deadline;
    }

    boolean open() {
      return status.equals("queued") || status.equals("inProgress");
    }

    void begin() {
      if (status.equals("queued")) {
        status = "inProgress";
      }
      fetched = true;
    }

    void end(String how, @Nullable String why, Instant now) {
      status = how;
      error = why;
      completed = now;
      cancelRequested = false;
    }
  }

  private final Db db;

  OperationsModelTest(Db db) {
    this.db = db;
  }

  @Test
  void operations_live_as_the_model_says_whatever_happens(@TempDir Path folder) {
    UpdateFixture shop = new UpdateFixture(db, folder);
    shop.releaseWithFile(SoftwareType.FIRMWARE, "1.0");
    for (int seed = 0; seed < RUNS; seed++) {
      new Run(shop, seed).go();
    }
  }

  private static final class Run {
    private final UpdateFixture shop;
    private final Random random;
    private final Enrolled device;
    private final AuthenticatedDevice known;
    private final List<Model> all = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    Run(UpdateFixture shop, int seed) {
      this.shop = shop;
      this.random = new Random(seed);
      this.device = shop.device();
      this.known = shop.authenticated(device);
      steps.add("seed " + seed);
    }

    void go() {
      for (int i = 0; i < STEPS; i++) {
        step();
        check();
      }
    }

    private void step() {
      Instant now = shop.clock.instant();
      switch (random.nextInt(10)) {
        case 0, 1 -> request(now);
        case 2, 3 -> fetch();
        case 4 -> download();
        case 5, 6 -> report(now);
        case 7 -> cancel(now);
        case 8 -> cancelReport(now);
        default -> time();
      }
    }

    private void request(Instant now) {
      boolean conflict = all.stream().anyMatch(Model::open);
      String[] id = new String[1];
      boolean done =
          attempt(
              "request",
              () ->
                  id[0] =
                      shop.operations.updateSoftware(
                          shop.caller, device.id(), SoftwareType.FIRMWARE, null));
      assertThat(done).as("%s", steps).isEqualTo(!conflict);
      if (done) {
        all.add(new Model(id[0], shop.operation(id[0]).action(), now.plus(DEADLINE)));
      }
    }

    private void fetch() {
      Model model = any();
      if (model == null) {
        return;
      }
      boolean done =
          attempt("fetch " + model.action, () -> shop.actions.deployment(known, model.action, 0));
      assertThat(done).as("%s", steps).isEqualTo(model.open() && !model.cancelRequested);
      if (done) {
        model.begin();
      }
    }

    private void download() {
      Model model = all.stream().filter(one -> one.open() && one.fetched).findFirst().orElse(null);
      if (model == null || model.cancelRequested) {
        return;
      }
      Deployment deployment = shop.actions.deployment(known, model.action, 0);
      steps.add("download " + model.action);
      shop.actions.downloaded(known, deployment.artifacts().getFirst(), random.nextBoolean());
      model.downloaded = true;
      model.begin();
    }

    private void report(Instant now) {
      Model model = any();
      if (model == null) {
        return;
      }
      Execution execution = pick(Execution.values());
      Finished finished = pick(Finished.values());
      boolean done =
          attempt(
              "report " + model.action + " " + execution + " " + finished,
              () ->
                  shop.report(
                      known,
                      OperationType.SOFTWARE_UPDATE,
                      model.action,
                      new AgentReport(execution, finished, null, List.of("words"))));
      boolean closes = execution == Execution.CLOSED;
      boolean success = finished != Finished.FAILURE;
      boolean accepted =
          model.open()
              || (closes
                  && switch (model.status) {
                    case "succeeded" -> success;
                    case "failed" ->
                        (!success && !model.late)
                            || (success && "fileNotFetched".equals(model.error))
                            || (success
                                && "deadlineExceeded".equals(model.error)
                                && model.downloaded);
                    default -> false;
                  });
      assertThat(done).as("%s", steps).isEqualTo(accepted);
      if (!model.open()) {
        model.late |= accepted && success && "deadlineExceeded".equals(model.error);
        return;
      }
      if (!closes) {
        model.begin();
      } else if (!success) {
        model.end("failed", "failedOnDevice", now);
      } else if (model.downloaded) {
        model.end("succeeded", null, now);
      } else {
        model.end("failed", "fileNotFetched", now);
      }
    }

    private void cancel(Instant now) {
      Model model = any();
      if (model == null) {
        return;
      }
      boolean done =
          attempt(
              "cancel " + model.action,
              () -> shop.operations.cancel(shop.caller, device.id(), model.id));
      assertThat(done).as("%s", steps).isEqualTo(model.open() || model.status.equals("cancelled"));
      if (model.open() && model.fetched) {
        model.cancelRequested = true;
      } else if (model.open()) {
        model.end("cancelled", null, now);
      }
    }

    private void cancelReport(Instant now) {
      Model model = any();
      if (model == null) {
        return;
      }
      Execution execution = pick(Execution.values());
      Finished finished = pick(Finished.values());
      boolean done =
          attempt(
              "cancelReport " + model.action + " " + execution + " " + finished,
              () ->
                  shop.actions.cancelReport(
                      known, model.action, new AgentReport(execution, finished, null, List.of())));
      boolean acknowledges = execution == Execution.CLOSED && finished != Finished.FAILURE;
      boolean accepted =
          model.open() ? model.cancelRequested : model.status.equals("cancelled") && acknowledges;
      assertThat(done).as("%s", steps).isEqualTo(accepted);
      if (!model.open() || !model.cancelRequested) {
        return;
      }
      if (acknowledges) {
        model.end("cancelled", null, now);
      } else if (execution == Execution.CLOSED || execution == Execution.REJECTED) {
        model.cancelRequested = false;
      }
    }

    private void time() {
      shop.clock.advance(Duration.ofHours(random.nextInt(14)));
      Instant now = shop.clock.instant();
      steps.add("time to " + now);
      shop.sweep.deadlines(now);
      for (Model model : all) {
        if (model.open() && !model.deadline.isAfter(now)) {
          model.end("failed", "deadlineExceeded", now);
        }
      }
    }

    private void check() {
      for (Model model : all) {
        UpdateFixture.OperationState seen = shop.operation(model.id);
        assertThat(seen.status()).as("%s", steps).isEqualTo(model.status);
        assertThat(seen.errorCode()).as("%s", steps).isEqualTo(model.error);
        assertThat(seen.completed()).as("%s", steps).isEqualTo(model.completed);
      }
      List<Integer> offered =
          shop.poll(device).open().stream().map(OpenOperation::actionNumber).toList();
      assertThat(offered)
          .as("%s", steps)
          .isEqualTo(all.stream().filter(Model::open).map(model -> model.action).toList());
    }

    private boolean attempt(String what, Runnable step) {
      steps.add(what);
      try {
        step.run();
        return true;
      } catch (Refusal refusal) {
        return false;
      }
    }

    private @Nullable Model any() {
      return all.isEmpty() ? null : all.get(Math.max(0, all.size() - 1 - random.nextInt(2)));
    }

    private <T> T pick(T[] values) {
      return values[random.nextInt(values.length)];
    }
  }
}
