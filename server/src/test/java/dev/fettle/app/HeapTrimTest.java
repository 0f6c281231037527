package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTrimTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void a_collection_is_due_when_as_much_came_as_is_alive_and_never_for_little() {
    assertThat(HeapTrim.isDue(60 * MEGABYTE, 20 * MEGABYTE)).isTrue();
    assertThat(HeapTrim.isDue(40 * MEGABYTE, 20 * MEGABYTE)).isFalse();
    assertThat(HeapTrim.isDue(390 * MEGABYTE, 200 * MEGABYTE)).isFalse();
    assertThat(HeapTrim.isDue(410 * MEGABYTE, 200 * MEGABYTE)).isTrue();
    assertThat(HeapTrim.isDue(30 * MEGABYTE, 0)).isTrue();
  }
}
