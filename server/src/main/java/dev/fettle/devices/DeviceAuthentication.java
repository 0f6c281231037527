package dev.fettle.devices;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Row;
import dev.fettle.db.Sql;

/**
 * The one statement that finds a polling device and what proves it, to which a room above may join
 * what it wants to know of the device: a poll has to be one indexed read.
 */
public final class DeviceAuthentication {

  private static final String COLUMNS =
      """
      select d.tenant_id, d.id device_id, d.controller_id, d.agent, d.can_restart,
        d.can_run_diagnostics, d.attributes_wanted, d.installed_action_id, d.target_token_hash,
        d.certificate_blocked_date_time is not null certificate_blocked\
      """;

  private static final String WHERE =
      """

      where d.tenant_id
          = coalesce((select t.tenant_id from identity_tenant t where t.ddi_name = ?), ?)
        and d.controller_id = ?
      """;

  private DeviceAuthentication() {}

  /**
   * The two statements, for either kind of credential, as text that is made once: a poll has no
   * time to put it together. It yields no row if there is no such device; else rows for {@link
   * #read}, one for each that is joined.
   */
  public static final class Query {
    private final String byDevice;
    private final String byGateway;

    /**
     * @param columns more columns, each after a comma; empty for none
     * @param joins more joins to {@code devices_device d}, without values to bind
     */
    public Query(String columns, String joins) {
      byDevice =
          COLUMNS + ", null gateway_token_id" + columns + " from devices_device d " + joins + WHERE;
      byGateway =
          COLUMNS
              + ", g.id gateway_token_id"
              + columns
              + """
               from devices_device d left join devices_gateway_token g
                on g.tenant_id = d.tenant_id and g.token_hash = ? and g.revoked_date_time is null
              """
              + joins
              + WHERE;
    }

    /**
     * The statement for one request.
     *
     * @param tenant the tenant's id or its DDI name
     */
    public Sql of(String tenant, String controllerId, DeviceCredential credential) {
      return switch (credential.kind()) {
        case TARGET, CERTIFICATE -> Sql.of(byDevice, tenant, tenant, controllerId);
        case GATEWAY -> Sql.of(byGateway, credential.hash(), tenant, tenant, controllerId);
      };
    }
  }

  /**
   * The device of a row.
   *
   * @throws Refusal with {@link Reason.Unauthenticated} if the credential is not the device's
   */
  public static AuthenticatedDevice read(Row row, DeviceCredential credential) {
    boolean proven =
        switch (credential.kind()) {
          case TARGET -> credential.fits(row.bytesOrNull("target_token_hash"));
          case GATEWAY -> row.textOrNull("gateway_token_id") != null;
          case CERTIFICATE ->
              !row.flag("certificate_blocked")
                  && credential.fits(DeviceCredential.hash(row.text("controller_id")));
        };
    if (!proven) {
      throw refused();
    }
    return new AuthenticatedDevice(
        row.text("tenant_id"),
        row.text("device_id"),
        row.text("controller_id"),
        row.text("agent"),
        row.flag("can_restart"),
        row.flag("can_run_diagnostics"),
        row.flag("attributes_wanted"),
        row.integerOrNull("installed_action_id"));
  }

  /**
   * The refusal of a device that has not keepAuthentication who it is; it does not tell what was
   * wrong.
   */
  public static Refusal refused() {
    return new Refusal(
        new Reason.Unauthenticated("unauthenticated", "The device's credential is not accepted."));
  }
}
