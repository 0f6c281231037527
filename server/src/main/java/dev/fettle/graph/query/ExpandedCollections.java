package dev.fettle.graph.query;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The places in printed rows where an expanded collection goes once it has been read; and the root
 * of absolute addresses, which printing needs too.
 */
final class ExpandedCollections {

  /** The empty array that ends at that place stands for the rows of the statement with that key. */
  record Place(int end, PlannedStatement statement, String key) {}

  private final String root;
  private final ByteArrayOutputStream out;
  private final List<Place> places = new ArrayList<>();

  /**
   * @param root the absolute URL of the version root without a final slash
   */
  ExpandedCollections(String root, ByteArrayOutputStream out) {
    this.root = root;
    this.out = out;
  }

  String root() {
    return root;
  }

  void add(PlannedStatement statement, String key) {
    places.add(new Place(out.size(), statement, key));
  }

  List<Place> places() {
    return places;
  }
}
