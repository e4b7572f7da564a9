-- What lies where, and who supplies it.

create table locations (
  id integer primary key,
  name text not null unique
) strict;

-- Sellable is what lies there less what is held back; what can be sold is on hand less committed.
create table stock_levels (
  variant_id integer not null references variants(id),
  location_id integer not null references locations(id),
  state text not null default 'sellable' check (state in ('sellable', 'hold', 'damaged')),
  on_hand integer not null,
  committed integer,
  incoming integer,
  as_of text not null,                     -- the level was so at this time
  import_id integer references imports(id),
  primary key (variant_id, location_id, state)
) strict, without rowid;

create table suppliers (
  id integer primary key,
  name text not null unique,
  email text,
  language text,
  currency text,
  minimum_cents integer,
  lead_time_days integer                   -- as stated, calendar days
) strict;

create table supplier_items (
  supplier_id integer not null references suppliers(id),
  sku text not null,
  variant_id integer references variants(id),
  cost_cents integer,
  pack integer not null default 1,
  minimum integer,
  lead_time_days integer,
  primary key (supplier_id, sku)
) strict, without rowid;
create index supplier_items_by_variant on supplier_items(variant_id);
