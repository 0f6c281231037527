-- What apps sent to activity feeds, kept for 30 days. The texts are those that a reader would see.
create table teams_notification (
  tenant_id text not null,
  notification_id text not null,
  created_date_time timestamptz not null,
  owner_kind text not null check (owner_kind in ('user', 'chat', 'team')),
  owner_id text not null,
  app_id text not null,
  sender_app_id text not null,
  sender_user_id text,
  recipients text[] not null,
  activity_type text not null,
  title text not null,
  preview_text text,
  topic_source text not null check (topic_source in ('entityUrl', 'text')),
  topic_value text not null,
  web_url text,
  chain_id bigint,
  overridden boolean not null default false,
  primary key (tenant_id, notification_id)
);
create index teams_notification_time
  on teams_notification (tenant_id, created_date_time desc, notification_id);
create index teams_notification_age on teams_notification (created_date_time);
create index teams_notification_chain
  on teams_notification (tenant_id, owner_kind, owner_id, app_id, chain_id)
  where chain_id is not null and not overridden;
