-- What the team asks for, authority that is lent for a time, and documents that were made.

create table requests (
  id integer primary key,
  kind text not null,                     -- decision, defect, purchase, absence …
  title text not null,
  text text not null,                     -- erasable
  amount_cents integer,                   -- in the store's currency
  about_type text,
  about_id integer,
  made_by integer references people(id),
  made_at text not null
) strict;
create index requests_by_case on requests(about_type, about_id);

create table lendings (
  id integer primary key,
  person_id integer not null references people(id),
  kind text not null,                     -- refund, discount, purchase …
  each_cents integer not null,            -- in the store's currency, for a case
  a_day_cents integer,                    -- null: no cap for a day
  from_on text not null,
  to_on text not null,                    -- the last day: nothing is lent for ever
  lent_by integer not null references people(id),
  reason text not null,
  lent_at text not null,
  ended_at text                           -- taken back early
) strict;
create index lendings_by_person on lendings(person_id, kind);

create table documents (
  id integer primary key,
  kind text not null,                     -- invoice, credit-note, packing-slip …
  number text not null,
  run_id integer references runs(id),
  step text, visit integer,
  about_type text not null, about_id any not null,
  made_by integer references people(id),
  made_at text not null,
  unique (kind, number)
) strict;
create index documents_by_case on documents(about_type, about_id);

-- What the founder answers once a week: decisions that reached them outside of this program.
create table outside_decisions (
  week_on text not null,                  -- the Monday of the week
  person_id integer not null references people(id),
  decisions integer not null,
  said_at text not null,
  primary key (week_on, person_id)
) strict, without rowid;
