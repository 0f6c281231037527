-- Updates: releases with their files, and what was asked of devices.

-- Numbers that agents see. They only ever grow, so they are unique in every tenant.
create sequence updates_action_number as integer minvalue 1001 maxvalue 2147483647 cycle;
create sequence updates_module_number as integer minvalue 1 maxvalue 2147483647 cycle;

create table updates_release (
  tenant_id text not null,
  id text not null,
  software_type text not null,
  version text not null,
  -- sorts as the version number does
  version_key text collate "C" not null,
  display_name text,
  device_types text[] not null default '{}',
  models text[] not null default '{}',
  state text not null check (state in ('draft', 'published', 'withdrawn')),
  module_number integer not null default nextval('updates_module_number'),
  created_by jsonb,
  created_date_time timestamptz not null,
  last_modified_by jsonb,
  last_modified_date_time timestamptz not null,
  published_date_time timestamptz,
  withdrawn_date_time timestamptz,
  primary key (tenant_id, id)
);

create index updates_release_version
  on updates_release (tenant_id, software_type, state, version_key);
create unique index updates_release_module on updates_release (tenant_id, module_number);

create table updates_artifact (
  tenant_id text not null,
  release_id text not null,
  file_name text not null,
  size bigint not null,
  sha1 text not null,
  md5 text not null,
  sha256 text not null,
  created_by jsonb,
  created_date_time timestamptz not null,
  primary key (tenant_id, release_id, file_name),
  foreign key (tenant_id, release_id) references updates_release (tenant_id, id) on delete cascade
);

create index updates_artifact_content on updates_artifact (sha256);

create table updates_operation (
  tenant_id text not null,
  device_id text not null,
  id text not null,
  operation_type text not null,
  status text not null
    check (status in ('queued', 'inProgress', 'succeeded', 'failed', 'cancelled')),
  software_type text,
  software_version text,
  release_id text,
  action_number integer not null,
  created_by jsonb,
  created_date_time timestamptz not null,
  started_date_time timestamptz,
  completed_date_time timestamptz,
  last_action_by jsonb,
  last_action_date_time timestamptz,
  error_code text,
  error_message text,
  deadline_date_time timestamptz not null,
  -- the agent took the work
  fetched_date_time timestamptz,
  -- the agent took bytes of the file
  downloaded_date_time timestamptz,
  cancel_requested_date_time timestamptz,
  cancel_requested_by jsonb,
  -- what was noted after the end: a late success, a version that contradicts
  note text,
  report_count integer not null default 0,
  -- an example of the documentation, years old and never removed for its age
  is_seeded boolean not null default false,
  primary key (tenant_id, device_id, id)
);

-- One open operation of a kind for a device: the race between two requests is settled here.
create unique index updates_operation_open
  on updates_operation (tenant_id, device_id, operation_type, coalesce(software_type, ''))
  where status in ('queued', 'inProgress');
create unique index updates_operation_action on updates_operation (tenant_id, action_number);
create index updates_operation_newest
  on updates_operation (tenant_id, device_id, created_date_time desc, id desc);
create index updates_operation_deadline on updates_operation (deadline_date_time)
  where status in ('queued', 'inProgress');
create index updates_operation_age on updates_operation (created_date_time);

create table updates_operation_report (
  tenant_id text not null,
  device_id text not null,
  operation_id text not null,
  number integer not null,
  received_date_time timestamptz not null,
  execution text not null,
  finished text not null,
  code integer,
  details text[] not null default '{}',
  primary key (tenant_id, device_id, operation_id, number),
  foreign key (tenant_id, device_id, operation_id)
    references updates_operation (tenant_id, device_id, id) on delete cascade
);

create table updates_diagnostics (
  tenant_id text not null,
  device_id text not null,
  operation_id text not null,
  sha256 text not null,
  size bigint not null,
  content_type text not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, device_id, operation_id),
  foreign key (tenant_id, device_id, operation_id)
    references updates_operation (tenant_id, device_id, id) on delete cascade
);

create index updates_diagnostics_content on updates_diagnostics (sha256);
create index updates_diagnostics_age on updates_diagnostics (created_date_time);
