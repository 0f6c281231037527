-- The index of deadlines holds little when little is under way, so the planner took it for other
-- questions about work under way, and read all of it for one device once much was. With a condition
-- that only the look for deadlines makes, it is of no use to the others.
drop index updates_operation_deadline;
create index updates_operation_deadline on updates_operation (deadline_date_time)
  where status in ('queued', 'inProgress') and deadline_date_time is not null;
