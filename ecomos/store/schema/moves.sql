-- What came, left and was moved, piece by piece: a level is always the sum of its moves.

alter table locations add column master text not null default 'platform' check (master in ('platform', 'ecomos'));
alter table locations add column owner text;      -- the role that carries differing levels to the platform
alter table locations add column master_since text;   -- when the master was said last; null: since ever the platform
alter table locations add column kind text not null default 'shelf' check (kind in ('shelf', 'way'));   -- way: between two places

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
create index stock_moves_by_pair on stock_moves(pair) where pair is not null;
create index stock_moves_by_bin on stock_moves(bin_id, recorded_at) where bin_id is not null;

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
  committed integer,                       -- sold and not fulfilled there; null: it does not say
  incoming integer,
  as_of text not null,
  import_id integer references imports(id),   -- null: a file of ours told it so
  primary key (variant_id, location_id, state)
) strict, without rowid;
insert into platform_levels(variant_id, location_id, state, on_hand, committed, incoming, as_of, import_id)
select variant_id, location_id, state, on_hand, committed, incoming, as_of, import_id from stock_levels;

-- A move of ours that the platform tells of too: a file of its levels made later than that contains it.
create table move_facts (
  move_id integer primary key references stock_moves(id),
  fact text not null,                      -- fulfilment, restock, adjustment, entered by hand
  fact_at text not null,
  import_id integer references imports(id)
) strict;

create index hand_deeds_by_run on hand_deeds(run_id);

-- One row per move of ours that the platform's last word does not contain: it is laid on top.
create view moves_on_top as
select m.*, f.fact, f.fact_at, p.as_of as platform_as_of
from stock_moves m
join platform_levels p on p.variant_id = m.variant_id and p.location_id = m.location_id and p.state = m.state
left join move_facts f on f.move_id = m.id
where m.kind not in ('opening', 'snapshot') and (f.fact_at is null or f.fact_at > p.as_of);

-- Differing levels that went out as a file for upload, where ours count.
create table stock_uploads (
  id integer primary key,
  location_id integer not null references locations(id),
  made_at text not null,
  uploaded_at text,                        -- null: nobody said yet that it was uploaded
  uploaded_by integer references people(id),
  dropped_at text                          -- a newer file stands in its place
) strict;
create index stock_uploads_by_location on stock_uploads(location_id, id);

create table stock_upload_lines (
  upload_id integer not null references stock_uploads(id),
  variant_id integer not null references variants(id),
  before integer not null,                 -- on hand as the platform is thought to have it
  after integer not null,                  -- on hand as it should be
  newest_move_id integer not null,         -- moves up to this one are in it
  primary key (upload_id, variant_id)
) strict, without rowid;
