-- What a manifest declares, for the comparison of versions and for notifications. Null where a
-- definition was taken in by an earlier program and its package has not been read again.
alter table teams_definition add column capabilities jsonb;
alter table teams_definition add column activities jsonb not null default '{}';
create index teams_definition_unread on teams_definition (tenant_id, app_id)
  where capabilities is null;

-- What one published version has more than an earlier one, so that users are asked before
-- installations follow: packages never change, so neither does this. No reasons: nobody is asked.
create table teams_widening (
  tenant_id text not null,
  app_id text not null,
  from_key text collate "C" not null,
  to_key text collate "C" not null,
  owner_kind text not null check (owner_kind in ('user', 'chat', 'team')),
  reasons text[] not null,
  primary key (tenant_id, app_id, from_key, to_key, owner_kind),
  foreign key (tenant_id, app_id, to_key)
    references teams_definition (tenant_id, app_id, version_key) on delete cascade
);
