-- Each report is written by the statement that writes its operation, and goes with it: a foreign key
-- looked for the operation once more each time. Now the statements that remove operations remove the
-- reports too.
alter table updates_operation_report
  drop constraint updates_operation_report_tenant_id_device_id_operation_id_fkey;

-- The conditions of a row are read and compiled for each statement that writes one, so there is one.
alter table updates_operation drop constraint updates_operation_ended;
alter table updates_operation drop constraint updates_operation_status_check;
alter table updates_operation add constraint updates_operation_ended check (
  case
    when completed_date_time is null then status in ('queued', 'inProgress')
    else status in ('succeeded', 'failed', 'cancelled')
  end);

-- A device has few enough operations for them to be sorted when they are listed. The index for their
-- order was written at the beginning and at the end of each.
drop index updates_operation_newest;

-- What the planner knows of these is as good as new until there are twice as many.
alter table updates_operation set (
  autovacuum_analyze_scale_factor = 1,
  autovacuum_vacuum_scale_factor = 0.5
);
alter table updates_operation_report set (
  autovacuum_analyze_scale_factor = 1,
  autovacuum_vacuum_insert_scale_factor = 1
);
