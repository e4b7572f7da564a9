-- Changes of the playbook: proposed, approved, read by those whom they concern.

create table proposals (
  id integer primary key,
  kind text not null,                     -- procedures, roles, policies, …
  name text not null,
  sha text not null,                      -- the text proposed, in playbook_versions
  base_sha text not null,                 -- the version in force that it changes; empty for a new file
  why text not null,
  proposed_by integer not null references people(id),
  proposed_at text not null,
  status text not null,                   -- open, approved, refused, withdrawn
  decided_by integer references people(id),
  decided_at text,
  said text,                              -- why it was refused
  from_at text                            -- from when it holds, where it was approved
) strict;
create index proposals_by_status on proposals(status, kind, name);

create table acknowledgements (
  person_id integer not null references people(id),
  kind text not null,
  name text not null,
  sha text not null,
  read_at text not null,
  primary key (person_id, kind, name, sha)
) strict, without rowid;
