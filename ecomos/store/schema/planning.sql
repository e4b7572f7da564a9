-- What is bought when and how much of it: worked out each night and after an import, read by the pages.

create table stock_plans (
  variant_id integer not null references variants(id),
  location_id integer not null references locations(id),   -- where it is received
  planned_at text not null,
  as_of_on text not null,                  -- the last complete day of demand in it
  method text not null,                    -- how demand is foreseen: smoothed, intermittent, seasonal, none
  demand_a_day real not null,              -- pieces
  demand_sd real not null,                 -- of a day
  days_counted integer not null,           -- days with stock, bulk orders left out
  days_out integer not null,               -- days without stock, left out; stands for nothing before the first snapshot
  pieces_sold integer not null,            -- in the days counted
  bulk_pieces integer not null default 0,  -- of one-off bulk orders, planned apart
  lead_days real not null,                 -- median, calendar days
  lead_low real not null,
  lead_high real not null,
  lead_source text not null check (lead_source in ('measured', 'stated', 'assumed')),
  receipts integer not null default 0,     -- deliveries that it was measured by
  target real not null,                    -- share of pieces delivered from the shelf that is aimed at
  reached real,                            -- what the replay of the last months reached with it; null: too little history
  reorder_point integer not null,
  order_up_to integer not null,
  available integer not null,              -- sellable less committed; below 0: sold and not there
  coming integer not null,                 -- on order and not received
  cover_days real,                         -- available + coming at the pace of demand; null: nothing sells
  quantity integer not null,               -- proposed to order, in pieces, a whole number of packs; 0: none
  supplier_id integer references suppliers(id),
  cost_cents integer,                      -- a piece, in the store's currency
  cost_source text check (cost_source in ('supplier', 'product', 'category')),
  price_cents integer,
  sold_cents integer not null default 0,   -- in the last year, at today's price
  pack integer not null default 1,
  minimum integer,
  abc text check (abc in ('A', 'B', 'C')), -- by contribution margin
  xyz text check (xyz in ('X', 'Y', 'Z')), -- by how well it can be foreseen
  deed text not null check (deed in ('order', 'expedite', 'count', 'mark down', 'discontinue', 'transfer', 'leave')),
  rule text not null,                      -- the row of policies/replenishment.md that fired, in its own words
  bucket text check (bucket in ('still achievable', 'only into safety stock', 'must be ordered now', 'already lost')),
  margin_day_cents integer not null default 0,   -- contribution margin lost a day while it is out
  cash_cents integer not null default 0,   -- tied up beyond what the plan needs, or needed for the order
  stake_cents integer not null default 0,  -- by which the list is ranked
  order_by_on text,                        -- the last day on which an order still arrives before the shelf is empty
  dial real not null default 1.645,        -- how far on the safe side: of the spread of demand until the goods are here
  season real not null default 1,          -- demand of the coming weeks against the year's, already in demand_a_day
  days_promoted integer not null default 0,   -- days on which it was sold for less, left out
  need real not null default 0,            -- pieces up to order_up_to, before minimum, pack, cap and money
  lead_sd real not null default 0,         -- days
  review_days real not null default 0,     -- that pass between two order days of the supplier, on average
  wait_days integer not null default 0,    -- until the supplier takes an order
  lasts_days real not null default 28,     -- that one order is meant to last
  cap_days real,                           -- that one order may last; null: no limit
  on_hand integer not null default 0,      -- sellable, before what is committed
  is_known integer not null default 1,     -- whether anything tells how many lie there
  margin_cents integer,                    -- a piece: price less cost; null: no price
  days_short real not null default 0,      -- that it will be out until the next goods can be here
  days_since_sold integer not null default 0,   -- since it is known, where it never was sold
  days_known integer not null default 0,   -- since it was first sold or lay there, up to two years
  last_sold_on text,
  coming_on text,                          -- the next day on which something is expected
  escalate_to text,                        -- the role that is told, by the table Escalate
  primary key (variant_id, location_id)
) strict, without rowid;
create index stock_plans_by_stake on stock_plans(stake_cents);

create table stock_classes (
  variant_id integer not null references variants(id),
  day_on text not null,                    -- since this day
  abc text not null,
  xyz text not null,
  because text not null,
  primary key (variant_id, day_on)
) strict, without rowid;

-- Somebody looked at a proposal and did nothing, and why; it stays away until something changed.
create table stock_reviews (
  id integer primary key,
  variant_id integer not null references variants(id),
  location_id integer not null references locations(id),
  person_id integer not null references people(id),
  reviewed_at text not null,
  deed text not null,                      -- what was proposed
  because text not null,
  bucket text,
  cover_days real,
  cost_cents integer,
  lead_days real,
  until_on text not null                   -- it comes back on this day at the latest
) strict;
create index stock_reviews_by_variant on stock_reviews(variant_id, location_id, id);

-- Days on which something was sold for less, or advertised, as known: their demand is not the usual one.
create table promotion_days (
  variant_id integer references variants(id),   -- null: the whole shop
  from_on text not null,
  to_on text not null,
  name text not null
) strict;

-- Another tool's own suggestion, imported, to stand beside ours.
create table outside_suggestions (
  variant_id integer not null references variants(id),
  tool text not null,
  reorder_point integer,
  quantity integer,
  import_id integer references imports(id),
  primary key (variant_id, tool)
) strict, without rowid;
