-- People, the roles they hold from a day to a day, and when they are away.

create table people (
  id integer primary key,
  name text not null,
  email text not null unique collate nocase,
  password_hash text not null,
  started_on text not null,
  left_on text
) strict;

create table person_roles (
  id integer primary key,
  person_id integer not null references people(id),
  role text not null,
  from_on text not null,
  to_on text                              -- the last day; null: until further notice
) strict;
create index person_roles_by_person on person_roles(person_id);
create index person_roles_by_role on person_roles(role);

create table absences (
  id integer primary key,
  person_id integer not null references people(id),
  from_on text not null,
  to_on text not null,
  reason text
) strict;
create index absences_by_person on absences(person_id);
