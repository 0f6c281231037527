-- An operation is written some six times while it lives. As long as no indexed column changes, and
-- there is room beside the row, PostgreSQL leaves all indexes alone. The status stood in the
-- conditions of two, so that even its way from queued to inProgress was written to each of them.
update updates_operation set completed_date_time = coalesce(last_action_date_time, created_date_time)
  where status not in ('queued', 'inProgress') and completed_date_time is null;
alter table updates_operation add constraint updates_operation_ended
  check ((status in ('queued', 'inProgress')) = (completed_date_time is null));
alter table updates_operation set (fillfactor = 70);

drop index updates_operation_open;
create unique index updates_operation_open
  on updates_operation (tenant_id, device_id, operation_type, coalesce(software_type, ''))
  where completed_date_time is null;

drop index updates_operation_deadline;
create index updates_operation_deadline on updates_operation (deadline_date_time)
  where completed_date_time is null and deadline_date_time is not null;

-- Old rows lie together, since they came in order: a summary of each stretch finds them.
drop index updates_operation_age;
create index updates_operation_age on updates_operation using brin (created_date_time);
