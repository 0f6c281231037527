package dev.fettle.agent.ddi;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A wish for diagnostics: its action, and where to put the file. */
public record DiagnosticsRequest(String actionId, @Nullable URI upload) {}
