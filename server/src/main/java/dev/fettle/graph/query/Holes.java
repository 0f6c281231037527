package dev.fettle.graph.query;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The places in a printed row where an expanded collection goes once it has been read. */
final class Holes {

  /** The empty array that ends at that place stands for the rows of the level with that key. */
  record Hole(int end, Level level, String key) {}

  private final ByteArrayOutputStream out;
  private final List<Hole> holes = new ArrayList<>();

  Holes(ByteArrayOutputStream out) {
    this.out = out;
  }

  void add(Level level, String key) {
    holes.add(new Hole(out.size(), level, key));
  }

  List<Hole> holes() {
    return holes;
  }
}
