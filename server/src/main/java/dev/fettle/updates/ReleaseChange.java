package dev.fettle.updates;

import dev.fettle.devices.DeviceType;
import dev.fettle.devices.SoftwareType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is changed about a draft; a part that is null stays as it is. */
record ReleaseChange(
    @Nullable SoftwareType softwareType,
    @Nullable String version,
    @Nullable String displayName,
    @Nullable List<DeviceType> deviceTypes,
    @Nullable List<String> models) {}
