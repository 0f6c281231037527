-- Content tokens and what they open. Times that a caller may set are text in the form of
-- PreciseTime (28 characters, 100 ns); times of the server alone are timestamptz.
create table vpp_token (
  tenant_id text not null,
  id text not null,
  display_name text,
  organization_name text,
  account_type text not null,
  apple_id text,
  expiration_date_time text not null,
  last_sync_date_time text not null,
  last_modified_date_time text not null,
  state text not null,
  last_sync_status text not null,
  automatically_update_apps boolean not null,
  country_or_region text,
  location_name text,
  data_sharing_consent_granted boolean not null,
  claim_from_external_mdm boolean not null,
  role_scope_tag_ids text[] not null,
  token_action_results jsonb not null,
  delivery_protocol text not null,
  last_app_count integer,
  -- encrypted; the key is not in the database
  sealed bytea,
  -- whether the sealed text is a content token, so that what is inside it counts
  content_known boolean not null,
  -- whether a sync was ever begun, so that its outcome counts
  observed boolean not null,
  library_id text,
  -- the other service that holds the library
  held_by text,
  sync_run text,
  sync_attempts integer not null default 0,
  sync_problem text,
  sync_failing_since timestamptz,
  warned_days integer,
  notification_hash bytea,
  notification_url text,
  primary key (tenant_id, id)
);
create index vpp_token_library on vpp_token (tenant_id, library_id);
create index vpp_token_expiry on vpp_token (expiration_date_time) where content_known;

-- One row for each platform of an asset. Counts are sums of what was read and what was told since,
-- and are kept within their bounds when they are shown: sums do not care for the order.
create table vpp_app (
  tenant_id text not null,
  id text not null,
  token_id text not null,
  adam_id text not null,
  pricing text not null,
  platform text not null,
  type_name text not null,
  display_name text not null,
  publisher text,
  bundle_id text,
  app_store_url text,
  release_date_time text not null,
  ipad boolean not null,
  iphone boolean not null,
  device_licensing boolean not null,
  total_licences bigint not null,
  used_licences bigint not null,
  created_date_time timestamptz not null,
  last_modified_date_time timestamptz not null,
  named_for text,
  revoke_results jsonb not null default '[]',
  seen_run text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, token_id) references vpp_token on delete cascade
);
create unique index vpp_app_asset
  on vpp_app (tenant_id, token_id, adam_id, pricing, platform);
create index vpp_app_bundle on vpp_app (tenant_id, bundle_id);

create table vpp_app_assignment (
  tenant_id text not null,
  app_id text not null,
  id text not null,
  intent text not null,
  target jsonb,
  settings jsonb,
  primary key (tenant_id, app_id, id),
  foreign key (tenant_id, app_id) references vpp_app on delete cascade
);

-- Licences in somebody's hands.
create table vpp_licence (
  tenant_id text not null,
  token_id text not null,
  adam_id text not null,
  pricing text not null,
  holder_kind text not null,
  holder text not null,
  seen_run text not null,
  primary key (tenant_id, token_id, adam_id, pricing, holder_kind, holder),
  foreign key (tenant_id, token_id) references vpp_token on delete cascade
);

create table vpp_user (
  tenant_id text not null,
  token_id text not null,
  client_user_id text not null,
  email text,
  managed_apple_id text,
  seen_run text not null,
  primary key (tenant_id, token_id, client_user_id),
  foreign key (tenant_id, token_id) references vpp_token on delete cascade
);

-- What Apple told us, each once; the body is kept of types that are not known.
create table vpp_notification (
  tenant_id text not null,
  token_id text not null,
  notification_id text not null,
  type text not null,
  body jsonb,
  received_date_time timestamptz not null,
  primary key (tenant_id, token_id, notification_id),
  foreign key (tenant_id, token_id) references vpp_token on delete cascade
);
create index vpp_notification_age on vpp_notification (received_date_time);

-- Taking licences back: asked for by an action, worked on by a job. An event without an id was
-- about to be asked for; whether it was is found out by reading the assignments again.
create table vpp_revocation (
  tenant_id text not null,
  id text not null,
  token_id text not null,
  app_id text,
  action_name text not null,
  holder_kind text,
  holder text,
  untracked boolean not null,
  state text not null,
  failure_reason text not null,
  total integer not null,
  failed integer not null,
  event_ids text[] not null,
  events_since timestamptz,
  started_date_time timestamptz not null,
  last_updated_date_time timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, token_id) references vpp_token on delete cascade
);
create index vpp_revocation_token on vpp_revocation (tenant_id, token_id, started_date_time);

-- By which id the tenant of this installation holds libraries at Apple.
create table vpp_holder (
  tenant_id text primary key,
  holder_id text not null
);

create index vpp_licence_asset on vpp_licence (
  tenant_id, (token_id || '/' || adam_id || '/' || pricing));
create index vpp_licence_holder on vpp_licence (tenant_id, holder_kind, holder);
