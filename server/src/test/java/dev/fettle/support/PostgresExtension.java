package dev.fettle.support;

import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Lends each test class a database; see {@link WithPostgres}. A {@link DbSettings} parameter is the
 * same database for those that connect by themselves, a {@link TestPostgres} the whole server.
 */
public final class PostgresExtension implements ParameterResolver {
  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(PostgresExtension.class);
  private static final int CONNECTIONS = 8;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Db.class || type == DbSettings.class || type == TestPostgres.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    TestPostgres server =
        context
            .getRoot()
            .getStore(HERE)
            .computeIfAbsent("server", key -> new TestPostgres(), TestPostgres.class);
    if (type == TestPostgres.class) {
      return server;
    }
    String test = context.getRequiredTestClass().getName();
    DbSettings settings =
        context
            .getRoot()
            .getStore(HERE)
            .computeIfAbsent(
                "settings " + test, key -> server.clone(CONNECTIONS), DbSettings.class);
    if (type == DbSettings.class) {
      return settings;
    }
    return context
        .getRoot()
        .getStore(HERE)
        .computeIfAbsent("db " + test, key -> new Db(settings), Db.class);
  }
}
