-- Entries come in order and are removed in order: a summary of each stretch finds the old ones, and
-- costs a new entry nothing.
drop index audit_entry_age;
create index audit_entry_age on audit_entry using brin (created_date_time);
