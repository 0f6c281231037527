-- Written in the transaction of the change that it tells of; never changed, removed when old.
create table audit_entry (
  tenant_id text not null,
  id text not null,
  created_date_time timestamptz not null,
  action text not null,
  target_kind text not null,
  target_id text not null,
  outcome text not null,
  actor_kind text not null,
  app_id text,
  app_name text,
  user_id text,
  user_name text,
  detail jsonb,
  primary key (tenant_id, id)
);

create index audit_entry_newest on audit_entry (tenant_id, created_date_time desc, id);
create index audit_entry_age on audit_entry (created_date_time);
