-- From whom, at which terms; what was ordered, confirmed, received and billed.

alter table suppliers add column phone text;
alter table suppliers add column contact text;
alter table suppliers add column address text;
alter table suppliers add column payment_days integer;          -- net days after the bill
alter table suppliers add column order_days text;               -- as `mon, thu`; null: any working day
alter table suppliers add column freight_cents integer;         -- of an order below the step
alter table suppliers add column freight_free_cents integer;    -- from this value on freight is free
alter table suppliers add column stated_spread real not null default 0.5;  -- of the stated lead time, until it was measured
alter table supplier_items add column supplier_sku text;        -- their number of it

-- What a paper shows, as JSON, so that its file can be made again at any time; null: made elsewhere, its number kept.
alter table documents add column data text;

create table supplier_holidays (
  supplier_id integer not null references suppliers(id),
  from_on text not null,
  to_on text not null,
  name text not null,
  primary key (supplier_id, from_on)
) strict, without rowid;

-- A price list: from so many pieces on, from this day on. The newest day that has come holds.
create table supplier_prices (
  supplier_id integer not null references suppliers(id),
  sku text not null,
  from_on text not null,
  from_quantity integer not null default 1,
  cost_cents integer not null,             -- a piece, in the supplier's currency
  primary key (supplier_id, sku, from_on, from_quantity)
) strict, without rowid;

create table purchase_orders (
  id integer primary key,
  number text not null unique,             -- PO-2026-0001
  supplier_id integer not null references suppliers(id),
  location_id integer not null references locations(id),
  currency text not null,
  status text not null check (status in ('draft', 'asked', 'approved', 'sent', 'confirmed', 'part received', 'received', 'closed', 'cancelled')),
  drafted_by integer references people(id),
  drafted_at text not null,
  approved_by integer references people(id),
  approved_at text,
  sent_at text,
  confirmed_at text,
  taken_at text,                           -- since when a dearer confirmation is accepted, with the authority that it needs
  promised_on text,                        -- the day of arrival as first confirmed
  expected_on text,                        -- as last heard; before a word by the lead time
  needed_by_on text,
  freight_cents integer not null default 0,
  duty_cents integer not null default 0,
  note text,
  kept_at text,                            -- since when what came beyond or instead of it is kept, and paid
  settled text,                            -- what came wrong and was decided on, a line each
  import_id integer references imports(id),
  closed_at text
) strict;
create index purchase_orders_by_supplier on purchase_orders(supplier_id, status);
create index purchase_orders_by_status on purchase_orders(status);

create table purchase_order_lines (
  purchase_order_id integer not null references purchase_orders(id),
  line_no integer not null,
  variant_id integer references variants(id),
  sku text not null,                       -- ours
  supplier_sku text,
  title text not null,
  quantity integer not null check (quantity > 0),
  unit_cost_cents integer not null,        -- in the order's currency
  confirmed_quantity integer,
  confirmed_cost_cents integer,
  expected_on text,
  closed_quantity integer not null default 0,   -- what will not come any more
  price_source text not null default 'written', -- list, supplier, product, written by a person, none: to be written
  is_filled integer not null default 0,         -- added to reach the supplier's minimum
  because text,                                 -- why so much, in words
  primary key (purchase_order_id, line_no)
) strict, without rowid;
create index purchase_order_lines_by_variant on purchase_order_lines(variant_id);

create table receipts (
  id integer primary key,
  purchase_order_id integer references purchase_orders(id),
  location_id integer not null references locations(id),
  received_at text not null,
  received_on text not null,
  received_by integer references people(id),
  delivery_note text,
  delivery_id integer unique,              -- the count that it was booked from: once
  import_id integer references imports(id)
) strict;
create index receipts_by_order on receipts(purchase_order_id);

create table receipt_lines (
  receipt_id integer not null references receipts(id),
  line_no integer not null,
  order_line_no integer,                   -- null: nobody ordered it
  variant_id integer references variants(id),
  sku text not null,
  quantity integer not null,               -- counted and good
  damaged integer not null default 0,
  is_substitute integer not null default 0,
  unit_cost_cents integer,                 -- landed, in the store's currency; null: billed in another one, or not known
  landed_cents integer,                    -- of all good pieces of the line: the shares of freight and duty add up exactly
  corrects integer,                        -- the line of this receipt that it takes back, with what came as minus
  note text,
  primary key (receipt_id, line_no)
) strict, without rowid;
create index receipt_lines_by_variant on receipt_lines(variant_id);

-- A delivery that is being counted: shared by whoever counts it, booked once, and gone then.
create table deliveries (
  id integer primary key autoincrement,    -- never given twice: a receipt names the count that it came from
  purchase_order_id integer unique references purchase_orders(id),   -- null: nobody knows yet whose it is
  location_id integer not null references locations(id),
  opened_at text not null,
  opened_by integer not null references people(id),
  delivery_note text
) strict;

create table delivery_lines (
  delivery_id integer not null references deliveries(id),
  variant_id integer not null references variants(id),
  order_line_no integer,                   -- null: nobody ordered it
  good integer not null default 0,
  damaged integer not null default 0,
  is_substitute integer not null default 0,
  changed_at text not null,
  changed_by integer not null references people(id),
  primary key (delivery_id, variant_id)
) strict, without rowid;

-- A supplier's bill, laid beside order and count.
create table supplier_invoices (
  id integer primary key,
  supplier_id integer not null references suppliers(id),
  purchase_order_id integer references purchase_orders(id),
  number text not null,
  dated_on text not null,
  currency text not null,
  freight_cents integer not null default 0,
  duty_cents integer not null default 0,
  tax_cents integer not null default 0,
  total_cents integer not null,
  status text not null check (status in ('open', 'matched', 'differs', 'approved', 'refused')),
  entered_by integer references people(id),
  entered_at text not null,
  approved_by integer references people(id),       -- null while approved: it matched
  approved_at text,
  because text,                            -- what differs, or why it was decided so
  unique (supplier_id, number)
) strict;

create table supplier_invoice_lines (
  invoice_id integer not null references supplier_invoices(id),
  line_no integer not null,
  sku text not null,
  quantity integer not null,
  unit_cost_cents integer not null,
  primary key (invoice_id, line_no)
) strict, without rowid;

-- What is on its way: ordered, not received, not given up. Drafts are no goods.
create view coming_lines as
select l.purchase_order_id, l.line_no, l.variant_id, o.location_id, o.supplier_id, o.status,
  coalesce(l.expected_on, o.expected_on) as expected_on,
  max(0, coalesce(l.confirmed_quantity, l.quantity) - l.closed_quantity - coalesce((
    select sum(r.quantity + r.damaged) from receipt_lines r join receipts q on q.id = r.receipt_id
    where q.purchase_order_id = l.purchase_order_id and r.order_line_no = l.line_no), 0)) as quantity
from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
where o.status in ('approved', 'sent', 'confirmed', 'part received');

-- One row per order line: what was agreed, what came good and damaged, and what is still to come. Each sum is asked by the
-- order, so that one order is read without the others.
create view purchase_line_states as
with states as (
  select l.*, o.status, o.supplier_id, o.location_id, coalesce(l.expected_on, o.expected_on) as comes_on,
    coalesce(l.confirmed_quantity, l.quantity) as agreed,
    coalesce(l.confirmed_cost_cents, l.unit_cost_cents) as agreed_cents,
    coalesce((select sum(r.quantity) from receipts q join receipt_lines r on r.receipt_id = q.id
              where q.purchase_order_id = l.purchase_order_id and r.order_line_no = l.line_no), 0) as good,
    coalesce((select sum(r.damaged) from receipts q join receipt_lines r on r.receipt_id = q.id
              where q.purchase_order_id = l.purchase_order_id and r.order_line_no = l.line_no), 0) as damaged,
    coalesce((select sum(r.quantity + r.damaged) from receipts q join receipt_lines r on r.receipt_id = q.id
              where q.purchase_order_id = l.purchase_order_id and r.order_line_no = l.line_no
                and r.is_substitute), 0) as substitutes
  from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
)
select *, max(0, agreed - closed_quantity - good - damaged) as open from states;
