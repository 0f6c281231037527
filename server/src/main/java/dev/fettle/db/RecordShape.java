package dev.fettle.db;

import dev.fettle.base.EnumNames;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The components of a record type as parameters and columns: {@code displayName} is the parameter
 * {@code :displayName} and the column {@code display_name}. A record within a record counts by its
 * own components. Each type is looked at once.
 */
final class RecordShape {
  private static final ClassValue<RecordShape> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final Constructor<?> constructor;
  private final Component[] components;

  private RecordShape(Class<?> type) {
    RecordComponent[] declared = type.getRecordComponents();
    Class<?>[] types = new Class<?>[declared.length];
    components = new Component[declared.length];
    for (int i = 0; i < declared.length; i++) {
      types[i] = declared[i].getType();
      declared[i].getAccessor().setAccessible(true);
      components[i] = new Component(declared[i]);
    }
    try {
      constructor = type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " is no record", e);
    }
    constructor.setAccessible(true);
  }

  static RecordShape of(Class<?> type) {
    return KNOWN.get(type);
  }

  /**
   * Writes the values of a record's components to the places of their names.
   *
   * @return how many places were written
   */
  int fill(Record from, String[] names, @Nullable Object[] values) {
    int filled = 0;
    for (Component component : components) {
      if (component.nested != null) {
        if (component.valueOf(from) instanceof Record inner) {
          filled += component.nested.fill(inner, names, values);
        }
        continue;
      }
      for (int i = 0; i < names.length; i++) {
        if (component.name.equals(names[i])) {
          values[i] = component.valueOf(from);
          filled++;
        }
      }
    }
    return filled;
  }

  /** A record of the row's columns. */
  Object read(Row row) {
    @Nullable Object[] arguments = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = components[i].read(row);
    }
    return made(() -> constructor.newInstance(arguments));
  }

  private interface Reflected {
    @Nullable Object call() throws ReflectiveOperationException;
  }

  private static Object made(Reflected work) {
    return Objects.requireNonNull(called(work));
  }

  private static @Nullable Object called(Reflected work) {
    try {
      return work.call();
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Component {
    private final RecordComponent declared;
    private final String name;
    private final String column;
    private final boolean nullable;
    private final @Nullable RecordShape nested;

    Component(RecordComponent declared) {
      this.declared = declared;
      this.name = declared.getName();
      this.column = name.replaceAll("([A-Z]+)", "_$1").toLowerCase(Locale.ROOT);
      this.nullable = declared.getAnnotatedType().isAnnotationPresent(Nullable.class);
      this.nested = declared.getType().isRecord() ? of(declared.getType()) : null;
    }

    @Nullable Object valueOf(Record from) {
      return called(() -> declared.getAccessor().invoke(from));
    }

    @Nullable Object read(Row row) {
      if (nested != null) {
        return nested.read(row);
      }
      Object value = value(row, column, declared.getType());
      if (value == null && !nullable) {
        throw new IllegalStateException("column " + column + " is null");
      }
      return value;
    }
  }

  /** The value of a column in that type. */
  static @Nullable Object value(Row row, String column, Class<?> type) {
    if (type == String.class) {
      return row.textOrNull(column);
    } else if (type == int.class || type == Integer.class) {
      return row.integerOrNull(column);
    } else if (type == long.class || type == Long.class) {
      return row.bigintOrNull(column);
    } else if (type == boolean.class || type == Boolean.class) {
      return row.flagOrNull(column);
    } else if (type == double.class || type == Double.class) {
      return row.doubleOrNull(column);
    } else if (type == Instant.class) {
      return row.timeOrNull(column);
    } else if (type == byte[].class) {
      return row.bytesOrNull(column);
    } else if (type == List.class) {
      return row.textsOrNull(column);
    } else if (JsonNode.class.isAssignableFrom(type)) {
      return row.jsonOrNull(column);
    } else if (type.isEnum()) {
      String name = row.textOrNull(column);
      return name == null ? null : constant(type, name, column);
    }
    throw new IllegalArgumentException("a column cannot be read as a " + type.getName());
  }

  private static Object constant(Class<?> type, String name, String column) {
    return EnumNames.find(type, name)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "column " + column + " holds no " + type.getSimpleName() + ": " + name));
  }
}
