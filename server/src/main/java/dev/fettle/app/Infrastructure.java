package dev.fettle.app;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.identity.Authenticator;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * The parts that the application is built on.
 *
 * @param db open, with the schema of this version; closed by whoever opened it
 * @param schemas the documents of all versions, as {@link GraphVersion#schemas} reads them
 * @param data the folder for files
 * @param secret signs cursors; the same on every server of an installation
 */
@SuppressWarnings("ArrayRecordComponent")
public record Infrastructure(
    Db db,
    Map<GraphVersion, Schema> schemas,
    Authenticator authenticator,
    InstantSource clock,
    Ids ids,
    Path data,
    byte[] secret) {}
