-- Devices are written again and again: room beside the row lets the indexes be left alone.
alter table devices_device set (fillfactor = 70);
