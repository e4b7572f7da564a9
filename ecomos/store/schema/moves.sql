-- What came, left and was moved, piece by piece: a level is always the sum of its moves.

alter table locations add column master text not null default 'platform' check (master in ('platform', 'ecomos'));
alter table locations add column owner text;      -- the role that carries differing levels to the platform

create table bins (
  id integer primary key,
  location_id integer not null references locations(id),
  name text not null,
  walk integer,                            -- the order in which one walks past them; null: by name
  unique (location_id, name)
) strict;

create table variant_bins (
  variant_id integer not null references variants(id),
  bin_id integer not null references bins(id),
  primary key (variant_id, bin_id)
) strict, without rowid;
create index variant_bins_by_bin on variant_bins(bin_id);

create table stock_moves (
  id integer primary key autoincrement,
  happened_at text not null,
  recorded_at text not null,
  actor text not null,                     -- person:3, import:5, run:12, clock
  variant_id integer not null references variants(id),
  location_id integer not null references locations(id),
  state text not null check (state in ('sellable', 'hold', 'damaged')),
  quantity integer not null check (quantity <> 0),
  kind text not null check (kind in ('opening', 'snapshot', 'ship', 'receive', 'return', 'count', 'adjust', 'transfer', 'state', 'build')),
  reason text,
  unit_cost_cents integer,                 -- what a piece cost, in the store's currency, freight and duty included
  ref_type text,                           -- order, purchase, count, import …
  ref_id any,
  ref_line integer,
  bin_id integer references bins(id),
  pair integer,                            -- the number that two halves of one deed share: a transfer, a change of state
  key text unique                          -- what may happen once only, as `ship:parcel:7:2`
) strict;
create index stock_moves_by_variant on stock_moves(variant_id, location_id, state, happened_at);
create index stock_moves_by_ref on stock_moves(ref_type, ref_id);
create index stock_moves_by_kind on stock_moves(kind, recorded_at);
create index stock_moves_by_bin on stock_moves(bin_id, recorded_at);

-- What lay there before moves were written.
insert into stock_moves(happened_at, recorded_at, actor, variant_id, location_id, state, quantity, kind, ref_type, ref_id)
select as_of, as_of, coalesce('import:' || import_id, 'import'), variant_id, location_id, state, on_hand, 'opening',
  case when import_id is not null then 'import' end, import_id
from stock_levels where on_hand <> 0;

create trigger stock_moves_are_kept before delete on stock_moves
begin select raise(abort, 'stock moves are append-only'); end;
create trigger stock_moves_stay before update on stock_moves
begin select raise(abort, 'stock moves are append-only'); end;
create trigger stock_moves_make_levels after insert on stock_moves
begin
  insert into stock_levels(variant_id, location_id, state, on_hand, as_of)
  values (new.variant_id, new.location_id, new.state, new.quantity, new.happened_at)
  on conflict(variant_id, location_id, state) do update
    set on_hand = on_hand + excluded.on_hand, as_of = max(as_of, excluded.as_of);
end;

-- What the platform said last, and when it was so: our own moves that it can't know yet lie on top of it.
create table platform_levels (
  variant_id integer not null references variants(id),
  location_id integer not null references locations(id),
  state text not null check (state in ('sellable', 'hold', 'damaged')),
  on_hand integer not null,
  as_of text not null,
  import_id integer references imports(id),
  primary key (variant_id, location_id, state)
) strict, without rowid;
insert into platform_levels(variant_id, location_id, state, on_hand, as_of, import_id)
select variant_id, location_id, state, on_hand, as_of, import_id from stock_levels;

-- A move of ours that the platform tells of too: a file of its levels made later than that contains it.
create table move_facts (
  move_id integer primary key references stock_moves(id),
  fact text not null,                      -- fulfilment, restock, adjustment, entered by hand
  fact_at text not null,
  import_id integer references imports(id)
) strict;
