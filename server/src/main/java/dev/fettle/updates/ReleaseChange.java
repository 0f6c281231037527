package dev.fettle.updates;

import dev.fettle.devices.SoftwareType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of a draft; a part that is null stays as it is. */
record ReleaseChange(
    @Nullable SoftwareType softwareType,
    @Nullable String version,
    @Nullable String displayName,
    @Nullable List<String> deviceTypes,
    @Nullable List<String> models) {}
