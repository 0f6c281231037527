package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AvailableVersions;
import dev.fettle.devices.SoftwareType;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The published releases, as the inventory asks for them. */
public final class PublishedVersions implements AvailableVersions {

  private static final String NEWEST = newest("?", "?", "?");

  private static final String COLUMN =
      "(select jsonb_object_agg(n.software_type, n.version) from ("
          + newest("d.tenant_id", "d.device_type", "coalesce(d.model, '')")
          + ") n) available";

  @Override
  public Map<SoftwareType, String> newest(
      Tx tx, String tenantId, String deviceType, @Nullable String model) {
    Map<SoftwareType, String> newest = new EnumMap<>(SoftwareType.class);
    tx.each(
        Sql.of(NEWEST, tenantId, deviceType, model == null ? "" : model),
        row ->
            SoftwareType.of(row.text("software_type"))
                .ifPresent(type -> newest.put(type, row.text("version"))));
    return newest;
  }

  @Override
  public String column() {
    return COLUMN;
  }

  private static String newest(String tenant, String deviceType, String model) {
    return """
    select distinct on (r.software_type) r.software_type, r.version from updates_release r
    where r.tenant_id = %s and r.state = 'published'
      and (cardinality(r.device_types) = 0 or %s = any(r.device_types))
      and (cardinality(r.models) = 0 or lower(%s) = any(r.models))
    order by r.software_type, r.version_key desc, r.published_date_time desc
    """
        .formatted(tenant, deviceType, model);
  }
}
