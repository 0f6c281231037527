-- Nobody ever read them; who did what is in the audit trail.
drop table teams_event;
