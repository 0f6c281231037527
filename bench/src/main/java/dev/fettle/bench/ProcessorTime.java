package dev.fettle.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The processor time of this process without that of the JVM's compiler threads: what they do is
 * done once in a server's life, and a measurement of some seconds would count it as if it were each
 * request's. Where the system does not tell threads apart, the compiler's time is included.
 */
final class ProcessorTime {

  private static final Path TASKS = Path.of("/proc/self/task");
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final int USER_TIME = 11;

  private ProcessorTime() {}

  /** Nanoseconds since the process began. */
  static long nanos() throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getProcessCpuTime() - (Files.isDirectory(TASKS) ? compilers() : 0);
  }

  private static long compilers() throws IOException {
    long ticks = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        ticks += ticksOfCompiler(task);
      }
    }
    return ticks * NANOS_PER_TICK;
  }

  private static long ticksOfCompiler(Path task) throws IOException {
    try {
      String stat = Files.readString(task.resolve("stat"));
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
        return 0;
      }
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
    } catch (NoSuchFileException threadThatEnded) {
      return 0;
    }
  }
}
