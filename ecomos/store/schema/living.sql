-- Living with the playbook: when each text held, and what people say about its steps.

create table version_periods (            -- a time in which a text held that was put back since
  kind text not null,
  name text not null,
  sha text not null,
  from_at text not null,
  approved_by text,
  primary key (kind, name, sha, from_at)
) strict, without rowid;

create table feedback (
  id integer primary key,
  kind text not null,                     -- procedures, roles, policies, …
  name text not null,
  step text not null,                     -- a step's slug; empty for the file as a whole
  sha text not null,                      -- the version that it is about
  text text not null,
  person_id integer not null references people(id),
  said_at text not null,
  answer text,
  answered_by integer references people(id),
  answered_at text
) strict;
create index feedback_by_file on feedback(kind, name);

create table playbook_mark (              -- another one after each change of playbook_versions: who keeps what was
  id integer primary key check (id = 1),  -- read of them asks this, not the list itself
  mark text not null
) strict;
insert into playbook_mark(id, mark) values (1, lower(hex(randomblob(8))));
create trigger playbook_versions_added after insert on playbook_versions begin
  update playbook_mark set mark = lower(hex(randomblob(8)));
end;
create trigger playbook_versions_changed after update on playbook_versions begin
  update playbook_mark set mark = lower(hex(randomblob(8)));
end;
create trigger playbook_versions_gone after delete on playbook_versions begin
  update playbook_mark set mark = lower(hex(randomblob(8)));
end;
