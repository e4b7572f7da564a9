-- Reports that ran, or should have: one row for each time that one was due, so that each happens once.

create table report_runs (
  id integer primary key,
  report text not null,
  slot text not null,                     -- the instant (UTC) that it was due; by hand: that instant and a number
  by_hand integer not null default 0,
  asked_by integer references people(id), -- null: its time, or the command line
  day_on text,                            -- the day reported; null: the last complete one when it runs
  given text not null default '{}',       -- parameters beyond those of the report's file
  parameters text not null default '{}',  -- what the notebook was given
  status text not null,                   -- due, running, done, failed, stale, skipped
  attempts integer not null default 0,    -- also the fence: whoever finishes must hold the latest
  lease_until text,                       -- running: until then nobody else may begin it
  next_at text,                           -- due: not before then
  queued_at text not null,
  started_at text,
  ended_at text,
  folder text,                            -- under the home: the executed notebook, the HTML, the log
  sent_to text not null default '[]',     -- erasable
  error text,
  unique (report, slot)
) strict;
create index report_runs_open on report_runs(status, next_at);
