package dev.fettle.simulator.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BehaviourMixTest {
  @Test
  void what_is_missing_to_a_hundred_is_normal() {
    assertThat(BehaviourMix.parse("slow=5%,wrong-version=10").shares())
        .isEqualTo(
            Map.of(Behaviour.SLOW, 5.0, Behaviour.WRONG_VERSION, 10.0, Behaviour.NORMAL, 85.0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "slow",
        "quick=5",
        "slow=101",
        "slow=-1",
        "normal=50,slow=20",
        "slow=1,slow=2"
      })
  void a_mix_that_makes_no_sense_is_refused(String text) {
    assertThatThrownBy(() -> BehaviourMix.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void draws_follow_the_shares() {
    BehaviourMix mix = BehaviourMix.parse("normal=70,fails=20,silent=10");
    SplittableRandom random = new SplittableRandom(3);

    long failing =
        IntStream.range(0, 10_000).filter(_ -> mix.draw(random) == Behaviour.FAILS).count();

    assertThat(failing).isCloseTo(2000, within(200L));
  }
}
