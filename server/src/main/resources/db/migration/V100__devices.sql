-- Devices: the inventory, what each device last said about itself, and what it proves itself with.

create table devices_device (
  tenant_id text not null,
  id text not null,
  -- the name under which the device polls; the id unless another was chosen at enrolment
  controller_id text not null,
  device_type text not null,
  manufacturer text,
  model text,
  serial_number text,
  unique_id text,
  mac_addresses text[] not null default '{}',
  notes text,
  company_asset_tag text,
  activity_state text,
  current_user_identity jsonb,

  -- what the device is like as far as it can be asked: unknown, critical, nonUrgent, healthy
  condition text not null default 'unknown',
  -- unknown, connected, disconnected, and since when
  connection_status text not null default 'unknown',
  connection_date_time timestamptz,
  health_status text not null generated always as
    (case when connection_status = 'disconnected' then 'offline' else condition end) stored,

  -- documents in the schema's shape, without the members that are columns
  activity jsonb,
  activity_date_time timestamptz,
  configuration jsonb,
  configuration_date_time timestamptz,
  health jsonb,
  health_date_time timestamptz,
  software_update_health jsonb not null default '{}',
  -- software type -> the version that runs, as last reported or installed
  current_versions jsonb not null default '{}',

  attributes jsonb not null default '{}',
  attributes_wanted boolean not null default true,
  agent text not null default 'unknown',
  can_restart boolean not null default false,
  can_run_diagnostics boolean not null default false,
  installed_action_id integer,

  target_token_hash bytea,
  target_token_date_time timestamptz,

  last_seen_date_time timestamptz,
  last_seen_address text,
  -- when three polls have been missed; null for a device that never polled
  offline_date_time timestamptz,

  created_by jsonb,
  created_date_time timestamptz not null,
  last_modified_by jsonb,
  last_modified_date_time timestamptz not null,
  primary key (tenant_id, id)
);

create unique index devices_device_controller on devices_device (tenant_id, controller_id);
create index devices_device_newest
  on devices_device (tenant_id, created_date_time desc, id desc);
create index devices_device_unique_id on devices_device (tenant_id, unique_id);
create index devices_device_type
  on devices_device (tenant_id, device_type, created_date_time desc, id desc);
create index devices_device_current_user on devices_device (tenant_id, (current_user_identity ->> 'id'));
create index devices_device_offline on devices_device (offline_date_time)
  where connection_status <> 'disconnected';

-- Tokens of sites: whoever has one speaks for every device of the tenant and may enrol new ones.
create table devices_gateway_token (
  tenant_id text not null,
  id text not null,
  display_name text not null,
  token_hash bytea not null,
  created_by jsonb,
  created_date_time timestamptz not null,
  revoked_date_time timestamptz,
  primary key (tenant_id, id)
);

create unique index devices_gateway_token_hash on devices_gateway_token (tenant_id, token_hash);
