-- A procedure carried out: versions, triggers, runs, tasks, batches, approvals, decisions, hand deeds, mail out.

create table playbook_versions (
  sha text not null,
  kind text not null,                     -- procedures, roles, policies, kpis, messages, …
  name text not null,
  text text not null,
  from_at text,                           -- null: proposed, not adopted
  proposed_by text,
  approved_by text,
  primary key (kind, name, sha)
) strict;
create index playbook_versions_in_force on playbook_versions(kind, name, from_at);

create table triggers (
  event_id integer not null references events(id),
  procedure text not null,
  result text not null,                   -- started, added, no match, cannot tell, held, failed
  run_id integer,
  reason text,
  primary key (event_id, procedure)
) strict, without rowid;

create table runs (
  id integer primary key,
  procedure text not null,
  version_sha text not null,
  about_type text not null,
  about_id any not null,
  cause_event_id integer references events(id),
  parent_run_id integer references runs(id),
  started_by integer references people(id),   -- null: an event, another procedure, or the command line
  lives_on integer not null default 0,    -- goes on when its parent ends
  status text not null,                   -- open, stopped (a person must look), done
  outcome text,
  step text not null,
  phase text not null,                    -- where in the step's order it stands
  visit integer not null default 1,
  entered_at text not null,
  started_at text not null,
  promised_at text,
  ended_at text
) strict;
create index runs_by_case on runs(about_type, about_id, status);
create index runs_open on runs(status, procedure);
create index runs_by_parent on runs(parent_run_id);

-- Each time that a run entered a step: a step entered again is another visit, with its own answers and messages.
create table run_visits (
  run_id integer not null references runs(id),
  step text not null,
  visit integer not null,
  entered_at text not null,
  primary key (run_id, step, visit)
) strict, without rowid;

create table run_cases (
  run_id integer not null references runs(id),
  type text not null,
  id any not null,
  primary key (run_id, type, id)
) strict, without rowid;
create index run_cases_by_case on run_cases(type, id);

create table run_causes (
  run_id integer not null references runs(id),
  event_id integer not null references events(id),
  primary key (run_id, event_id)
) strict, without rowid;

create table batches (
  id integer primary key,
  procedure text not null,
  step text not null,
  key text not null,                      -- what is gathered together, as the carrier's service
  opened_at text not null,
  closes_at text not null,
  capacity integer not null,
  status text not null                    -- gathering, out, done
) strict;
create index batches_gathering on batches(status, procedure, step, key);

create table tasks (
  id integer primary key,
  run_id integer references runs(id),
  kind text not null,                     -- step, wait, approve, hand, unclear, adopt, held, mail, failed
  step text,
  visit integer,
  title text not null,
  role text not null,
  person_id integer references people(id),
  about_type text, about_id any,
  batch_id integer references batches(id),
  opened_at text not null,
  due_at text,
  later_until text,
  taken_at text,
  done_at text,
  done_by integer references people(id),
  status text not null,                   -- open, taken, waiting, done, skipped, elsewhere, withdrawn
  note text,                              -- why it stands here: handed over, not sure, what could not be told
  rung integer not null default 0,        -- how far up the ladder of its lateness
  offered_to integer references people(id),
  data text not null default '{}',
  answers text                            -- erasable
) strict;
create index tasks_by_status on tasks(status, role);
create index tasks_by_run on tasks(run_id);
create index tasks_by_person on tasks(person_id, status);
create index tasks_due on tasks(status, due_at);

-- What people said on a task beside its answers: not sure, handed over, later, asked someone, told that it is late.
create table task_notes (
  id integer primary key,
  task_id integer not null references tasks(id),
  at text not null,
  person_id integer references people(id),
  kind text not null,
  other_person_id integer references people(id),
  note text
) strict;
create index task_notes_by_task on task_notes(task_id);

-- Each event may meet one wait of a run, never two.
create table waits (
  run_id integer not null references runs(id),
  event_id integer not null references events(id),
  task_id integer not null references tasks(id),
  event_kind text not null,
  primary key (run_id, event_id)
) strict, without rowid;

create table approvals (
  id integer primary key,
  run_id integer not null references runs(id),
  step text not null,
  visit integer not null,
  task_id integer references tasks(id),
  kind text not null,                     -- refund, release, cancel, write-off …
  about_type text not null, about_id any not null,
  asked_cents integer not null,
  approved_cents integer,
  currency text not null,
  drafted_by integer references people(id),
  decided_by integer references people(id),
  by_engine integer not null default 0,
  status text not null,                   -- open, approved, refused, withdrawn
  limit_cents integer,                    -- the limit that held
  reason text,
  asked_at text not null, decided_at text
) strict;
create index approvals_by_case on approvals(kind, about_type, about_id, status);
create index approvals_by_run on approvals(run_id);

create table decisions (
  id integer primary key,
  run_id integer not null references runs(id),
  step text not null,
  visit integer not null,
  decided_at text not null,
  row text not null,                      -- the condition of the row that held
  target text not null,
  used text not null                      -- every value the conditions read, as JSON
) strict;
create index decisions_by_run on decisions(run_id);

-- A deed that acts outside while the channel can't be written to: done by hand, matched with a later import.
create table hand_deeds (
  id integer primary key,
  run_id integer not null references runs(id),
  task_id integer not null references tasks(id),
  deed text not null,
  about_type text not null, about_id any not null,
  arguments text not null,
  reference text,
  done_at text,
  shown_by_import integer references imports(id),
  missed integer not null default 0,
  last_import_id integer,
  status text not null                    -- open, done, shown, missing, withdrawn
) strict;
create index hand_deeds_by_status on hand_deeds(status);

create table outbox (
  id integer primary key,
  key text not null unique,               -- idempotency: run, step, visit, message, recipient
  run_id integer references runs(id),
  message text not null,
  about_type text, about_id any,
  recipient text not null,                -- erasable
  subject text not null,
  body text not null,                     -- erasable
  html text,                              -- erasable; null: made from the body
  parts text not null default '[]',       -- files of the home that go with it: pictures in the HTML, attachments
  message_id text not null unique,
  queued_at text not null,
  status text not null,                   -- held, queued, sending, sent, failed, unknown, withdrawn
  attempts integer not null default 0,
  next_at text,
  sent_at text,
  error text
) strict;
create index outbox_by_status on outbox(status, next_at);

create table adoptions (
  order_id integer primary key references orders(id),
  import_id integer not null references imports(id),
  state text not null,                    -- listed, adopted, left, ended
  run_id integer references runs(id)
) strict;
