-- An app that was deleted stays as a row with its definitions, since installations still show what
-- they are of; the catalogue no longer has it.
create table teams_app (
  tenant_id text not null,
  app_id text not null,
  external_id text,
  display_name text,
  distribution_method text not null
    check (distribution_method in ('store', 'organization', 'sideloaded')),
  created_date_time timestamptz not null,
  removed_date_time timestamptz,
  primary key (tenant_id, app_id)
);
create unique index teams_app_external_id on teams_app (tenant_id, lower(external_id))
  where distribution_method = 'organization' and removed_date_time is null;

-- version_key is the version in a form that sorts as text: packages.Version.
create table teams_definition (
  tenant_id text not null,
  app_id text not null,
  version_key text collate "C" not null,
  version text not null,
  definition_id text not null,
  publishing_state text not null
    check (publishing_state in ('submitted', 'rejected', 'published')),
  display_name text not null,
  short_description text,
  description text,
  client_app_id text,
  required jsonb not null,
  bot_id text,
  scopes text[] not null,
  etag text not null,
  created_by jsonb,
  last_modified_date_time timestamptz,
  primary key (tenant_id, app_id, version_key),
  foreign key (tenant_id, app_id) references teams_app on delete cascade
);
create unique index teams_definition_id on teams_definition (tenant_id, definition_id);
create index teams_definition_published on teams_definition (tenant_id, app_id, version_key desc)
  where publishing_state = 'published';

create table teams_package (
  tenant_id text not null,
  app_id text not null,
  version_key text collate "C" not null,
  archive bytea not null,
  color_icon bytea not null,
  outline_icon bytea not null,
  primary key (tenant_id, app_id, version_key),
  foreign key (tenant_id, app_id, version_key) references teams_definition on delete cascade
);
-- Zip and PNG files do not get smaller by another compression.
alter table teams_package alter column archive set storage external;
alter table teams_package alter column color_icon set storage external;
alter table teams_package alter column outline_icon set storage external;

-- consented is null where nothing was consented to.
create table teams_installation (
  tenant_id text not null,
  owner_kind text not null check (owner_kind in ('user', 'chat', 'team')),
  owner_id text not null,
  installation_id text not null,
  app_id text not null,
  version_key text collate "C" not null,
  consented jsonb,
  created_date_time timestamptz not null,
  upgraded_date_time timestamptz,
  primary key (tenant_id, owner_kind, owner_id, installation_id),
  constraint teams_installation_app unique (tenant_id, owner_kind, owner_id, app_id),
  foreign key (tenant_id, app_id, version_key) references teams_definition
);
create index teams_installation_of on teams_installation (tenant_id, app_id, version_key);

-- What an app by itself may do in one user, chat or team: the application permissions that were
-- consented to there.
create table teams_grant (
  tenant_id text not null,
  owner_kind text not null,
  owner_id text not null,
  app_id text not null,
  permission text not null,
  grant_id text not null,
  client_app_id text not null,
  client_id text not null,
  primary key (tenant_id, owner_kind, owner_id, app_id, permission),
  -- The cascade sees grants that an upgrade added while the removal waited for it.
  foreign key (tenant_id, owner_kind, owner_id, app_id)
    references teams_installation (tenant_id, owner_kind, owner_id, app_id) on delete cascade
);
create index teams_grant_client on teams_grant (tenant_id, client_app_id, owner_kind, owner_id);

-- What happened to installations, for those who want to be told.
create table teams_event (
  tenant_id text not null,
  event_id text not null,
  created_date_time timestamptz not null,
  change_type text not null check (change_type in ('created', 'updated', 'deleted')),
  owner_kind text not null,
  owner_id text not null,
  installation_id text not null,
  app_id text not null,
  primary key (tenant_id, event_id)
);
create index teams_event_age on teams_event (created_date_time);

create table teams_settings (
  tenant_id text primary key,
  allow_user_requests boolean not null,
  user_consent_enabled boolean not null,
  chat_consent_enabled boolean not null,
  automatic_upgrades boolean not null
);
