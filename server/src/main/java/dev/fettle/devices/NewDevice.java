package dev.fettle.devices;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The description with which an administrator enrols a device. */
record NewDevice(
    DeviceType deviceType,
    Hardware hardware,
    @Nullable String notes,
    @Nullable String companyAssetTag,
    @Nullable ObjectNode currentUser) {}
