package dev.fettle.graph.query;

/** Treatments of a {@code $top} above the largest page. */
public enum AboveMaximum {
  /** It is refused with the documented text. */
  REFUSE,
  /** The page is as large as allowed. */
  CAP
}
