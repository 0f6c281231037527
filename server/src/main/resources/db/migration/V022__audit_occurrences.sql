-- Equal refusals within about a minute are one entry; this says how many they were.
alter table audit_entry add column occurrences integer not null default 1;
