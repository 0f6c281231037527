package dev.fettle.base;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names of enum constants in camel case, as Graph spells the members of its enumerations and as
 * they are stored: {@code IN_PROGRESS} is {@code inProgress}.
 */
public final class EnumNames {
  private static final ClassValue<Map<String, Enum<?>>> KNOWN =
      new ClassValue<>() {
        @Override
        protected Map<String, Enum<?>> computeValue(Class<?> type) {
          Map<String, Enum<?>> all = new LinkedHashMap<>();
          for (Object constant : type.getEnumConstants()) {
            Enum<?> member = (Enum<?>) constant;
            all.put(of(member), member);
          }
          return all;
        }
      };

  private EnumNames() {}

  /** The name of a constant in camel case. */
  public static String of(Enum<?> constant) {
    String name = constant.name();
    StringBuilder camel = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        camel.append(name.charAt(++i));
      } else {
        camel.append(Character.toLowerCase(c));
      }
    }
    return camel.toString();
  }

  /** The constant of that name, letter for letter. */
  public static <E> Optional<E> find(Class<E> type, String name) {
    return Optional.ofNullable(KNOWN.get(type).get(name)).map(type::cast);
  }
}
