create table identity_tenant (
  tenant_id text primary key,
  ddi_name text not null unique,
  name text not null,
  created_date_time timestamptz not null
);

-- Apps that the operator made known to the built-in issuer. A secret is 32 random bytes, so one
-- round of SHA-256 is enough to store it by.
create table identity_client (
  tenant_id text not null references identity_tenant,
  client_id text not null,
  name text not null,
  secret_hash bytea not null,
  permissions text[] not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, client_id)
);
