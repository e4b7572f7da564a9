-- The trade: customers, products, orders and what happened to them. Money in minor units; `_at` UTC, `_on` the store's day.

create table customers (
  id integer primary key,
  name text, email text, phone text       -- erasable
) strict;

-- The key's columns stand first: with others before them SQLite 3.40's integrity check sees nulls that are not there.
-- The key's columns stand first: SQLite before 3.41 reports nulls that are not there when they don't.
create table customer_keys (
  channel_id integer not null references channels(id),
  kind text not null,                     -- email, phone, platform id
  key text not null,
  customer_id integer not null references customers(id),
  primary key (channel_id, kind, key)
) strict, without rowid;
create index customer_keys_by_customer on customer_keys(customer_id);
create index customer_keys_by_key on customer_keys(kind, key);

create table products (
  id integer primary key,
  channel_id integer not null references channels(id),
  handle text not null,
  title text not null,
  vendor text, type text, status text,
  is_gift_card integer not null default 0,
  unique (channel_id, handle)
) strict;

create table variants (
  id integer primary key,
  product_id integer not null references products(id),
  sku text,
  title text not null,
  barcode text,
  price_cents integer,
  cost_cents integer,
  requires_shipping integer not null default 1,
  unique (product_id, title)
) strict;
create index variants_by_sku on variants(sku);
create index variants_by_barcode on variants(barcode);

create table orders (
  id integer primary key,
  channel_id integer not null references channels(id),
  number text not null,
  platform_id text,
  kind text not null default 'sale',      -- sale, cancellation, adjustment
  customer_id integer references customers(id),
  placed_at text not null,
  placed_on text not null,
  country text,
  currency text not null,
  financial_status text,
  fulfillment_status text,
  subtotal_cents integer, shipping_cents integer, tax_cents integer, discount_cents integer, tip_cents integer,
  total_cents integer,
  refunded_cents integer not null default 0,
  outstanding_cents integer,
  cancelled_at text,
  paid_at text, fulfilled_at text,
  shipping_method text, payment_method text, payment_reference text, payment_terms text,
  risk text, source text, discount_code text, tags text,
  import_id integer references imports(id),        -- the import that last showed it
  first_import_id integer references imports(id),
  unique (channel_id, number)
) strict;
create index orders_by_day on orders(placed_on);
create index orders_by_customer on orders(customer_id);
create index orders_by_number on orders(number);

-- Personal data of an order, apart so that it can be erased. What staff corrected lies over it: view order_addresses.
create table order_contacts (
  order_id integer primary key references orders(id),
  email text, phone text,
  ship_name text, ship_company text, ship_address1 text, ship_address2 text, ship_city text, ship_zip text,
  ship_province text, ship_country text, ship_phone text,
  bill_name text, bill_company text, bill_address1 text, bill_address2 text, bill_city text, bill_zip text,
  bill_province text, bill_country text,
  notes text, note_attributes text
) strict;

create table order_lines (
  order_id integer not null references orders(id),
  line_no integer not null,
  variant_id integer,
  sku text,
  title text not null,
  quantity integer not null,
  unit_price_cents integer not null,
  discount_cents integer not null default 0,
  unit_cost_cents integer,
  is_merchandise integer not null default 1,
  is_gift_card integer not null default 0,
  requires_shipping integer not null default 1,
  fulfillment_status text,
  open_quantity integer,                  -- null where the export says only "partial"
  total_cents integer not null,           -- quantity x price before discounts, rounded per line
  vendor text,
  primary key (order_id, line_no)
) strict, without rowid;
create index order_lines_by_variant on order_lines(variant_id);

create table payments (
  id integer primary key,
  order_id integer not null references orders(id),
  amount_cents integer not null, currency text not null,
  method text, reference text, paid_at text, source text not null
) strict;
create index payments_by_order on payments(order_id);

-- Two facts that are matched: what the platform says (source import) and what we did (source ours).
create table refunds (
  id integer primary key,
  order_id integer not null references orders(id),
  amount_cents integer not null, currency text not null,
  reason text, reference text, refunded_at text, source text not null, run_id integer
) strict;
create index refunds_by_order on refunds(order_id);

create table parcels (
  id integer primary key,
  order_id integer not null references orders(id),
  carrier text, service text, tracking text,
  shipped_at text, shipped_on text, source text not null, run_id integer
) strict;
create index parcels_by_order on parcels(order_id);
create index parcels_by_tracking on parcels(tracking);

create view order_addresses as
with latest as (
  select ref_id as order_id, field, value from corrections c
  where ref_type = 'order'
    and id = (select max(id) from corrections n
              where n.ref_type = c.ref_type and n.ref_id = c.ref_id and n.field = c.field)
)
select o.id as order_id,
  coalesce((select value from latest l where l.order_id = o.id and field = 'email'), c.email) as email,
  coalesce((select value from latest l where l.order_id = o.id and field = 'phone'), c.phone) as phone,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_name'), c.ship_name) as ship_name,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_company'), c.ship_company) as ship_company,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_address1'), c.ship_address1) as ship_address1,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_address2'), c.ship_address2) as ship_address2,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_zip'), c.ship_zip) as ship_zip,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_city'), c.ship_city) as ship_city,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_province'), c.ship_province) as ship_province,
  coalesce((select value from latest l where l.order_id = o.id and field = 'ship_country'), c.ship_country) as ship_country
from orders o left join order_contacts c on c.order_id = o.id;
