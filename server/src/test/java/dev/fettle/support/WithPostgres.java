package dev.fettle.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a migrated PostgreSQL database of its own: a {@link dev.fettle.db.Db}
 * parameter, in the constructor or in a method, is that database. Rows stay from one test of the
 * class to the next, so tests use fresh tenants or ids.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PostgresExtension.class)
public @interface WithPostgres {}
