create table directory_user (
  tenant_id text not null,
  user_id text not null,
  user_principal_name text not null,
  user_principal_name_key text not null generated always as (lower(user_principal_name)) stored,
  display_name text,
  given_name text,
  surname text,
  mail text,
  mail_nickname text,
  job_title text,
  account_enabled boolean not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, user_id)
);
create unique index directory_user_principal_name on directory_user (tenant_id, user_principal_name_key);

create table directory_chat (
  tenant_id text not null,
  chat_id text not null,
  chat_type text not null check (chat_type in ('oneOnOne', 'group', 'meeting')),
  topic text,
  created_date_time timestamptz not null,
  last_updated_date_time timestamptz not null,
  primary key (tenant_id, chat_id)
);

create table directory_team (
  tenant_id text not null,
  team_id text not null,
  display_name text not null,
  description text,
  visibility text not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, team_id)
);

-- Members of chats and of teams: the same thing on the wire. A user is in a chat or team once.
create table directory_member (
  tenant_id text not null,
  host_kind text not null check (host_kind in ('chat', 'team')),
  host_id text not null,
  user_id text not null,
  member_id text not null,
  roles text[] not null,
  added_date_time timestamptz not null,
  primary key (tenant_id, host_kind, host_id, user_id),
  foreign key (tenant_id, user_id) references directory_user on delete cascade
);
create unique index directory_member_id on directory_member (tenant_id, host_kind, host_id, member_id);
create index directory_member_of on directory_member (tenant_id, user_id, host_kind, host_id);
