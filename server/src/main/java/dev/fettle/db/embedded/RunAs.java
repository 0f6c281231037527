package dev.fettle.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way a PostgreSQL program is started: the user, and the order to stop when we are gone.
 *
 * <p>PostgreSQL refuses to run as root, wants its data to belong to the user it runs as, and wants
 * that user to have a name. So as root we become an ordinary user with setpriv; where that user
 * cannot reach the data folder (below {@code /root}, say), or may not be become, an unmapped user
 * namespace does: in it root is seen as nobody and still owns its files. An existing data folder
 * decides by its owner, so one start is like the next.
 *
 * @param prefix what stands before the program
 * @param owner who owns the data folder, as {@code uid:gid}; null if we do
 */
record RunAs(List<String> prefix, @Nullable String owner) {

  private record User(long uid, long gid) {
    String numbers() {
      return uid + ":" + gid;
    }
  }

  /** The first way that can run this program here; empty if none can. */
  static Optional<RunAs> find(Path program, Path data) {
    return candidates(data).stream()
        .filter(way -> Commands.run(way.command(List.of(program.toString(), "--version"))).ok())
        .findFirst();
  }

  /** The command with the prefix before it. */
  List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  private static List<RunAs> candidates(Path data) {
    RunAs namespace =
        new RunAs(List.of("setsid", "unshare", "-U", "setpriv", "--pdeathsig", "INT"), null);
    RunAs ourselves = new RunAs(List.of("setsid", "setpriv", "--pdeathsig", "INT"), null);
    RunAs bare = new RunAs(List.of(), null);
    long uid = processUser();
    if (uid != 0) {
      return passwd(Long.toString(uid), 2).isPresent()
          ? List.of(ourselves, bare)
          : List.of(namespace, ourselves, bare);
    }
    if (Files.isDirectory(data)) {
      User owner = owner(data);
      return owner.uid() == 0 ? List.of(namespace) : List.of(as(owner));
    }
    List<RunAs> ways = new ArrayList<>();
    passwd("postgres", 0).or(() -> passwd("nobody", 0)).map(RunAs::as).ifPresent(ways::add);
    ways.add(namespace);
    return ways;
  }

  private static RunAs as(User user) {
    return new RunAs(
        List.of(
            "setsid",
            "setpriv",
            "--reuid=" + user.uid(),
            "--regid=" + user.gid(),
            "--clear-groups",
            "--pdeathsig",
            "INT"),
        user.numbers());
  }

  private static User owner(Path data) {
    try {
      Number uid = (Number) Files.getAttribute(data, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      Number gid = (Number) Files.getAttribute(data, "unix:gid", LinkOption.NOFOLLOW_LINKS);
      return new User(uid.longValue(), gid.longValue());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot see who owns " + data, e);
    }
  }

  /** The effective user id of this process. */
  static long processUser() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("Uid:"))
          .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[2]))
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The embedded PostgreSQL needs Linux with /proc: " + e.getMessage() + ".", e);
    }
  }

  private static Optional<User> passwd(String wanted, int field) {
    try {
      return Files.readAllLines(Path.of("/etc/passwd")).stream()
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > 3 && fields[field].equals(wanted))
          .map(fields -> new User(Long.parseLong(fields[2]), Long.parseLong(fields[3])))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
