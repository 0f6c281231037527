package dev.fettle.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent's state on disk: a new file is written, forced to the disk and moved over the old one,
 * so that a crash leaves the one or the other.
 */
final class StateFile implements AutoCloseable {
  private final Path folder;
  private final Path file;
  private final FileChannel lockChannel;
  private final JsonMapper json = JsonMapper.shared();
  private AgentState state;

  /** Opens the state folder, and keeps every other agent out of it. */
  StateFile(Path folder) throws IOException {
    this.folder = made(folder);
    this.file = folder.resolve("state.json");
    this.lockChannel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!locked()) {
        throw new IOException("another agent is at work in " + folder);
      }
      this.state = Files.exists(file) ? read() : AgentState.empty();
    } catch (IOException e) {
      lockChannel.close();
      throw e;
    }
  }

  private static Path made(Path folder) throws IOException {
    try {
      return Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("'state' names " + e.getFile() + ", which is no folder", e);
    }
  }

  private boolean locked() throws IOException {
    try {
      FileLock lock = lockChannel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private AgentState read() throws IOException {
    try {
      @Nullable AgentState found = json.readValue(Files.readAllBytes(file), AgentState.class);
      if (found == null) {
        throw new IOException(file + " is empty");
      }
      return found;
    } catch (JacksonException e) {
      throw new IOException(file + " is no state of an agent; move it away to start anew", e);
    }
  }

  AgentState state() {
    return state;
  }

  void save(AgentState newState) throws IOException {
    Path fresh = folder.resolve("state.json.new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(json.writeValueAsBytes(newState));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    state = newState;
  }

  @Override
  public void close() throws IOException {
    lockChannel.close();
  }
}
