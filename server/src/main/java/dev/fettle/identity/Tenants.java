package dev.fettle.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tenants of this server. Known ones are remembered, since each request asks: a tenant is never
 * renamed or removed while the server runs. Safe for concurrent use.
 */
public final class Tenants {

  /** Makers of tenants. */
  public enum Birth {
    /** The operator only. */
    BY_OPERATOR,
    /** Whoever names one first: the development mode, where each test may have its own. */
    AT_FIRST_USE
  }

  private static final Pattern DDI_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TENANT_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int REMEMBERED = 10_000;

  private final Db db;
  private final InstantSource clock;
  private final Birth birth;
  private final Cache<String, Tenant> byId = Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private final Cache<String, Tenant> byDdiName =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  /** The tenants in a database. */
  public Tenants(Db db, InstantSource clock, Birth birth) {
    this.db = db;
    this.clock = clock;
    this.birth = birth;
  }

  /** The tenant of this id, if there is one. Never makes one. */
  public Optional<Tenant> find(String tenantId) {
    String id = canonical(tenantId);
    Tenant known = byId.getIfPresent(id);
    if (known != null || !TENANT_ID.matcher(id).matches()) {
      return Optional.ofNullable(known);
    }
    return remember(db.statement(tx -> TenantStore.byId(tx, id)));
  }

  /** The tenant of this DDI name or id, if there is one. Never makes one. */
  public Optional<Tenant> findByDdiNameOrId(String nameOrId) {
    Tenant known = byDdiName.getIfPresent(nameOrId);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Tenant> byTenantId = find(nameOrId);
    if (byTenantId.isPresent() || !DDI_NAME.matcher(nameOrId).matches()) {
      return byTenantId;
    }
    return remember(db.statement(tx -> TenantStore.byDdiName(tx, nameOrId)));
  }

  /**
   * The tenant that a valid access token names. In development mode an unknown one comes into
   * being, if its id is a GUID.
   */
  public Optional<Tenant> admit(String tenantId) {
    Optional<Tenant> known = find(tenantId);
    if (known.isPresent() || birth == Birth.BY_OPERATOR || !Guids.matches(tenantId)) {
      return known;
    }
    return Optional.of(ensure(tenantId, null, null));
  }

  /** All tenants, by id. */
  public List<Tenant> all() {
    return db.statement(TenantStore::all);
  }

  /**
   * The tenant of this id, made now if there is none.
   *
   * @param ddiName its DDI name if it is made now; null for the id itself
   * @param name its name for people if it is made now; null for the id itself
   * @throws Refusal with {@link Reason.Invalid} for an id or a name that cannot be one, with {@link
   *     Reason.Conflict} if another tenant has the DDI name
   */
  public Tenant ensure(String tenantId, @Nullable String ddiName, @Nullable String name) {
    String id = canonical(tenantId);
    if (!TENANT_ID.matcher(id).matches()) {
      throw Refusal.invalid(
          "tenantId",
          "A tenant's id is a GUID, or 1 to 64 letters, digits, dots, hyphens and underscores"
              + " that begin with a letter or digit.");
    }
    String ddi = ddiName == null ? id : ddiName;
    if (!DDI_NAME.matcher(ddi).matches() || (Guids.matches(ddi) && !ddi.equals(id))) {
      throw Refusal.invalid(
          "ddiName",
          "A tenant's DDI name is its own id, or 1 to 64 letters, digits, dots, hyphens and"
              + " underscores that begin with a letter or digit and are no GUID.");
    }
    Tenant wanted = new Tenant(id, ddi, name == null ? id : name, clock.instant());
    Optional<Tenant> present =
        db.tx(
            tx ->
                TenantStore.insert(tx, wanted)
                    ? Optional.of(wanted)
                    : TenantStore.byId(tx, wanted.tenantId()));
    return remember(present)
        .orElseThrow(
            () -> Refusal.conflict("Another tenant has the DDI name '" + ddi + "' already."));
  }

  /** A tenant's id as it is compared and stored: GUIDs in lower case. */
  public static String canonical(String tenantId) {
    return Guids.canonical(tenantId);
  }

  private Optional<Tenant> remember(Optional<Tenant> found) {
    found.ifPresent(
        tenant -> {
          byId.put(tenant.tenantId(), tenant);
          byDdiName.put(tenant.ddiName(), tenant);
        });
    return found;
  }
}
