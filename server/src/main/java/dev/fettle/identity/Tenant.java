package dev.fettle.identity;

import java.time.Instant;

/**
 * The boundary of isolation: no caller, device or row of one tenant is ever seen from another.
 *
 * @param ddiName what stands for the tenant in the address of the device-facing protocol
 */
public record Tenant(String tenantId, String ddiName, String name, Instant createdDateTime) {}
