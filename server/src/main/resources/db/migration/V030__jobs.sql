-- Work that is due, one row for each key of a kind. A row that is being done has a lease; times of
-- leases are the database's own, so servers whose clocks differ agree on them, while due_at is by
-- the server's clock, which development mode can drive.
create table jobs_job (
  tenant_id    text        not null,
  kind         text        not null,
  job_key      text        not null,
  due_at       timestamptz,
  lease_owner  text,
  lease_until  timestamptz,
  failures     integer     not null default 0,
  last_problem text,
  primary key (tenant_id, kind, job_key)
);

create index jobs_job_due on jobs_job (due_at) where due_at is not null;
create index jobs_job_leased on jobs_job (lease_until) where lease_until is not null;
