-- How far each person has read what happened.

create table looks (
  person_id integer primary key references people(id),
  event_id integer not null,
  looked_at text not null
) strict;
