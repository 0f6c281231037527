-- The rows of a fleet are written over and over while their number stands still. Statistics that are
-- taken anew every tenth of a fleet's signs of life tell the planner nothing, and each time every
-- connection plans all its statements again.
alter table devices_device set (
  autovacuum_analyze_scale_factor = 5,
  autovacuum_vacuum_scale_factor = 1
);
