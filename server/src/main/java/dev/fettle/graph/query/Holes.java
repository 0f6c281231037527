package dev.fettle.graph.query;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What printing a row needs beside the row: the root of absolute addresses, and the places where an
 * expanded collection goes once it has been read.
 */
final class Holes {

  /** The empty array that ends at that place stands for the rows of the level with that key. */
  record Hole(int end, Level level, String key) {}

  private final String root;
  private final ByteArrayOutputStream out;
  private final List<Hole> holes = new ArrayList<>();

  /**
   * @param root the absolute URL of the version root without a final slash
   */
  Holes(String root, ByteArrayOutputStream out) {
    this.root = root;
    this.out = out;
  }

  String root() {
    return root;
  }

  void add(Level level, String key) {
    holes.add(new Hole(out.size(), level, key));
  }

  List<Hole> holes() {
    return holes;
  }
}
