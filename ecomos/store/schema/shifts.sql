-- Who works when, and what one shift tells the next.

create table shifts (
  id integer primary key,
  person_id integer not null references people(id),
  weekday integer not null check (weekday between 0 and 6),   -- 0 is Monday
  begins text not null,                   -- clock times of the store's zone: 09:00
  ends text not null,
  from_on text not null,
  to_on text                              -- the last day; null: until further notice
) strict;
create index shifts_by_person on shifts(person_id, weekday);

create table handovers (
  id integer primary key,
  roles text not null,                    -- whose shift it was, as a JSON list
  written_by integer not null references people(id),
  written_at text not null,
  text text not null,                     -- erasable
  work text not null,                     -- what was open then, as a JSON list of [task, words]
  read_by integer references people(id),  -- the next one of the role
  read_at text
) strict;
create index handovers_by_time on handovers(written_at);
