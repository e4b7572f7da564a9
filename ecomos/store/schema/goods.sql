-- The catalogue in order: what a bundle is made of.

create table bundle_parts (
  bundle_id integer not null references variants(id),
  part_id integer not null references variants(id),
  quantity integer not null check (quantity > 0),
  primary key (bundle_id, part_id),
  check (bundle_id <> part_id)
) strict, without rowid;
create index bundle_parts_by_part on bundle_parts(part_id);

-- What the linter found and somebody said is right as it is.
create table goods_accepted (
  rule text not null,
  variant_id integer not null references variants(id),
  because text not null,
  person_id integer not null references people(id),
  accepted_at text not null,
  primary key (rule, variant_id)
) strict, without rowid;
