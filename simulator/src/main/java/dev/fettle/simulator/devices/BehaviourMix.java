package dev.fettle.simulator.devices;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Which share of a fleet behaves how; the shares are per cent and make up a hundred. */
public record BehaviourMix(Map<Behaviour, Double> shares) {

  public BehaviourMix {
    shares = Map.copyOf(shares);
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    if (Math.abs(sum - 100) > 0.001) {
      throw new IllegalArgumentException("the shares make up " + sum + " %, not 100 %");
    }
  }

  /** Everything goes well. */
  public static BehaviourMix normal() {
    return new BehaviourMix(Map.of(Behaviour.NORMAL, 100.0));
  }

  /**
   * Reads a mix such as {@code normal=90%,slow=5,fails=5}; what is missing to a hundred is normal.
   */
  public static BehaviourMix parse(String text) {
    Map<Behaviour, Double> shares = new EnumMap<>(Behaviour.class);
    for (String entry : text.split(",", -1)) {
      String[] parts = entry.strip().split("=", -1);
      if (parts.length != 2 || !parts[1].matches("[0-9]{1,3}(\\.[0-9]{1,3})?%?")) {
        throw new IllegalArgumentException("'" + entry + "' is not of the form behaviour=percent");
      }
      Behaviour behaviour = behaviour(parts[0]);
      if (shares.put(behaviour, Double.parseDouble(parts[1].replace("%", ""))) != null) {
        throw new IllegalArgumentException("'" + parts[0] + "' is there twice");
      }
    }
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    if (sum < 100 && !shares.containsKey(Behaviour.NORMAL)) {
      shares.put(Behaviour.NORMAL, 100 - sum);
    }
    return new BehaviourMix(shares);
  }

  private static Behaviour behaviour(String word) {
    return Arrays.stream(Behaviour.values())
        .filter(b -> b.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + word
                        + "' is no behaviour; there are "
                        + Arrays.stream(Behaviour.values())
                            .map(Behaviour::word)
                            .collect(Collectors.joining(", "))));
  }

  Behaviour draw(RandomGenerator random) {
    double point = random.nextDouble(100);
    for (Behaviour behaviour : Behaviour.values()) {
      point -= shares.getOrDefault(behaviour, 0.0);
      if (point < 0) {
        return behaviour;
      }
    }
    return Behaviour.NORMAL;
  }
}
