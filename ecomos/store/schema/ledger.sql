-- The ledger: what this file is, what came in, what was rejected, changed or corrected, and the chain of events.

create table settings (
  name text primary key,
  value text not null
) strict;

create table channels (
  id integer primary key,
  name text not null unique,
  platform text not null,                 -- shopify, uci, …
  currency text,
  time_zone text,                         -- null: the store's
  tax_inclusive integer,                  -- null until an import decided it
  sends text not null default '{}'        -- message kind -> "platform" | "ecomos"; what is not named: the platform
) strict;

create table imports (
  id integer primary key,
  path text not null,
  sha256 text not null,
  kind text not null,                     -- shopify orders, shopify products, uci orders, …
  channel_id integer references channels(id),
  imported_at text not null,
  status text not null default 'loaded',  -- loaded, refused, asks
  is_baseline integer not null default 0,
  rows_read integer not null default 0,
  rows_new integer not null default 0,
  rows_changed integer not null default 0,
  rows_rejected integer not null default 0,
  newest_at text,                         -- the newest fact in the file
  account text not null default '{}'      -- readings chosen, unmatched, identities, days: as the page shows it
) strict;
create index imports_by_sha on imports(sha256);
create index imports_by_channel on imports(channel_id, kind, id);

create table rejects (
  id integer primary key,
  import_id integer not null references imports(id),
  line integer not null,
  reason text not null,
  raw text                                -- erasable
) strict;
create index rejects_by_import on rejects(import_id);

create table changes (
  id integer primary key,
  import_id integer references imports(id),
  event_id integer,
  ref_type text not null,
  ref_id integer not null,
  field text not null,
  old text,                               -- erasable
  new text
) strict;
create index changes_by_ref on changes(ref_type, ref_id);

create table corrections (
  id integer primary key,
  ref_type text not null,
  ref_id integer not null,
  field text not null,
  value text,                             -- erasable
  imported_value text,                    -- what the import said when it was corrected
  person_id integer not null,
  corrected_at text not null,
  reason text
) strict;
create index corrections_by_ref on corrections(ref_type, ref_id, field, id);

create table events (
  id integer primary key autoincrement,
  happened_at text not null,
  recorded_at text not null,
  actor text not null,                    -- person:3, import:5, run:12, clock
  kind text not null,
  about_type text not null,
  about_id any not null,
  data text not null,
  run_id integer,                         -- the run whose deed it was
  cause_event_id integer,
  depth integer not null,
  prev_hash text not null,
  hash text not null
) strict;
create index events_by_case on events(about_type, about_id, id);
create index events_by_kind on events(kind, id);
create trigger events_are_kept before delete on events
begin select raise(abort, 'events are append-only'); end;
create trigger events_stay before update on events
begin select raise(abort, 'events are append-only'); end;
