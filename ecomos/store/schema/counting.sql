-- Counts of the shelf: what should lie there at the second the line was entered, and what lay there.

create table counts (
  id integer primary key,
  location_id integer not null references locations(id),
  kind text not null check (kind in ('cycle', 'asked', 'audit')),
  status text not null check (status in ('open', 'recount', 'to approve', 'done', 'dropped')),
  planned_on text not null,
  made_at text not null,
  made_by integer references people(id),
  closed_at text,
  because text,
  approved_by integer references people(id),
  approved_at text,
  approved_cents integer                   -- the sum of the differences that they approved, both ways, at cost
) strict;

create table count_lines (
  count_id integer not null references counts(id),
  line_no integer not null,                -- in walking order
  variant_id integer not null references variants(id),
  bin_id integer references bins(id),
  sheet_move_id integer not null default 0,   -- the newest move when the sheet was made
  expected integer,                        -- at the second the first count was entered; null: not counted yet
  picked integer,                          -- of what is on hand, what stood picked at packing at that second
  counted integer,
  counted_at text,
  counted_by integer references people(id),
  recounted integer,
  recounted_at text,
  recounted_by integer references people(id),
  recount_because text,                    -- over tolerance, moved while counted
  variance integer,                        -- found less expected, as settled
  variance_cents integer,
  cause text,                              -- entered wrong on arrival, return not shelved, wrong variant sent, broken …
  step text,                               -- where it arose: receiving, picking, returns, unknown
  move_id integer references stock_moves(id),
  status text not null check (status in ('open', 'counted', 'recount', 'to approve', 'settled', 'dropped')),
  primary key (count_id, line_no)
) strict, without rowid;
create index count_lines_by_variant on count_lines(variant_id);
