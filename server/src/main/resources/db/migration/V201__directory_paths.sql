-- What Graph keeps of a user beside names, addresses and state; members of the schema by their names.
alter table directory_user
  add column profile jsonb not null default '{}',
  add column business_phones text[] not null default '{}';

-- What was said about a team's settings; the rest is as Teams makes it.
alter table directory_team add column settings jsonb not null default '{}';

-- Whose meeting it is that a meeting chat belongs to.
alter table directory_chat add column organizer_id text;

update directory_chat c set organizer_id = (
  select m.user_id from directory_member m
  where m.tenant_id = c.tenant_id and m.host_kind = 'chat' and m.host_id = c.chat_id
  order by ('owner' = any(m.roles)) desc, m.added_date_time, m.user_id
  limit 1)
where c.chat_type = 'meeting';

create table directory_channel (
  tenant_id text not null,
  team_id text not null,
  channel_id text not null,
  display_name text not null,
  description text,
  is_favorite_by_default boolean,
  is_primary boolean not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, team_id, channel_id),
  foreign key (tenant_id, team_id) references directory_team on delete cascade
);
create unique index directory_channel_primary on directory_channel (tenant_id, team_id) where is_primary;

insert into directory_channel (
  tenant_id, team_id, channel_id, display_name, description, is_primary, created_date_time)
select tenant_id, team_id, '19:' || md5(team_id || '/General') || '@thread.tacv2', 'General', description, true,
  created_date_time
from directory_team;
