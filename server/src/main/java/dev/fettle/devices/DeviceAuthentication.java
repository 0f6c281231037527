package dev.fettle.devices;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import org.jspecify.annotations.Nullable;

/**
 * The one statement that finds a polling device and its credential, to which {@code updates} may
 * join what it needs of the device: a poll has to be one indexed read.
 */
public final class DeviceAuthentication {

  private static final String COLUMNS =
      """
      select d.tenant_id, d.id device_id, d.controller_id, d.agent, d.can_restart,
        d.can_run_diagnostics, d.attributes_wanted, d.installed_action_id installed_action,
        d.target_token_hash, d.certificate_blocked_date_time is not null certificate_blocked\
      """;

  private static final String WHERE =
      """

      where d.tenant_id
          = coalesce((select t.tenant_id from identity_tenant t where t.ddi_name = :tenant), :tenant)
        and d.controller_id = :controllerId
      """;

  private DeviceAuthentication() {}

  /**
   * The two statements, for either kind of credential, made once: a poll has no time to put them
   * together. They yield no row if there is no such device; else a {@link Claimant}, with one row
   * for each that is joined.
   */
  public static final class Query {
    private final Sql byDevice;
    private final Sql byGateway;

    /**
     * @param columns more columns, each after a comma; empty for none
     * @param joins more joins to {@code devices_device d}, without values to bind
     */
    public Query(String columns, String joins) {
      byDevice =
          Sql.of(
              COLUMNS
                  + ", null::text gateway_token_id"
                  + columns
                  + " from devices_device d "
                  + joins
                  + WHERE);
      byGateway =
          Sql.of(
              COLUMNS
                  + ", g.id gateway_token_id"
                  + columns
                  + """
                   from devices_device d left join devices_gateway_token g
                    on g.tenant_id = d.tenant_id and g.token_hash = :tokenHash
                      and g.revoked_date_time is null
                  """
                  + joins
                  + WHERE);
    }

    /**
     * The statement for one request.
     *
     * @param tenant the tenant's id or its DDI name
     */
    public Sql of(String tenant, String controllerId, DeviceCredential credential) {
      Sql statement =
          switch (credential.kind()) {
            case TARGET, CERTIFICATE -> byDevice;
            case GATEWAY -> byGateway.with("tokenHash", credential.hash());
          };
      return statement.with("tenant", tenant).with("controllerId", controllerId);
    }
  }

  /** A device that was found by its name, with what its credential has to match. */
  // Read from a row and asked once; nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  public record Claimant(
      AuthenticatedDevice device,
      byte @Nullable [] targetTokenHash,
      @Nullable String gatewayTokenId,
      boolean certificateBlocked) {

    /**
     * The device, which shows this credential.
     *
     * @throws Refusal with {@link Reason.Unauthenticated} if the credential is not the device's
     */
    public AuthenticatedDevice provenBy(DeviceCredential credential) {
      boolean proven =
          switch (credential.kind()) {
            case TARGET -> credential.fits(targetTokenHash);
            case GATEWAY -> gatewayTokenId != null;
            case CERTIFICATE ->
                !certificateBlocked
                    && credential.fits(DeviceCredential.hash(device.controllerId()));
          };
      if (!proven) {
        throw refused();
      }
      return device;
    }
  }

  /** The refusal of a device that has not proved its identity; it does not tell what was wrong. */
  public static Refusal refused() {
    return new Refusal(
        new Reason.Unauthenticated("unauthenticated", "The device's credential is not accepted."));
  }
}
