-- A device may prove itself by a certificate of the operator's authority, unless that is blocked.
alter table devices_device add column certificate_blocked_date_time timestamptz;
