-- Secrets that every server of an installation shares, by name.
create table app_secret (
  tenant_id text  not null,
  name      text  not null,
  value     bytea not null,
  primary key (tenant_id, name)
);
