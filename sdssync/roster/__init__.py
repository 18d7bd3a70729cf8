"""A school and a profile become rows. Pure: no disk, clock, environment or log, except that `csv_files` writes."""
