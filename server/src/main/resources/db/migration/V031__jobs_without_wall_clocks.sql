-- A job waits by two clocks and runs by whichever comes first: due_at is by the server's, which
-- development mode drives, due_by by the database's, so that neither clock can hold a job back alone.
-- noted_at is when the database was told; if that lies ahead, the database's clock was set back.
-- A lease has no time at all: who holds it counts its renewals up, and the other servers see that.
alter table jobs_job
  add column due_by timestamptz,
  add column noted_at timestamptz,
  add column lease_renewals integer not null default 0,
  drop column lease_until;

update jobs_job set due_by = due_at, noted_at = now() where due_at is not null;

create index jobs_job_due_by on jobs_job (due_by) where due_by is not null;
create index jobs_job_noted on jobs_job (noted_at) where due_by is not null;
create index jobs_job_leased on jobs_job (lease_owner) where lease_owner is not null;
