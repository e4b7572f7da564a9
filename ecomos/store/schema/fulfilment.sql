-- What we did for an order, apart from what the platform says of it; the two are matched.

create table parcel_lines (
  parcel_id integer not null references parcels(id),
  line_no integer not null,
  quantity integer not null,
  primary key (parcel_id, line_no)
) strict, without rowid;

create table order_shortages (
  id integer primary key,
  order_id integer not null references orders(id),
  line_no integer not null,
  quantity integer not null,
  noted_at text not null,
  run_id integer
) strict;
create index order_shortages_by_order on order_shortages(order_id);

create table order_releases (
  id integer primary key,
  order_id integer not null references orders(id),
  reason text not null,
  released_at text not null,
  run_id integer
) strict;
create index order_releases_by_order on order_releases(order_id);

create table order_cancellations (
  id integer primary key,
  order_id integer not null references orders(id),
  reason text not null,
  cancelled_at text not null,
  run_id integer
) strict;
create index order_cancellations_by_order on order_cancellations(order_id);

create table gift_card_issues (
  id integer primary key,
  order_id integer not null references orders(id),
  line_no integer not null,
  quantity integer not null,
  issued_at text not null,
  run_id integer
) strict;
create index gift_card_issues_by_order on gift_card_issues(order_id);

-- One row per order line: what is still to do, by what the platform says and by what we did (the smaller of the two,
-- since each knows of deeds that the other may not know yet).
create view open_lines as
with ours as (
  select l.*, l.quantity
      - coalesce((select sum(p.quantity) from parcel_lines p join parcels q on q.id = p.parcel_id
                  where q.order_id = l.order_id and q.source = 'ours' and p.line_no = l.line_no), 0)
      - coalesce((select sum(s.quantity) from order_shortages s
                  where s.order_id = l.order_id and s.line_no = l.line_no), 0)
      - coalesce((select sum(g.quantity) from gift_card_issues g
                  where g.order_id = l.order_id and g.line_no = l.line_no), 0) as not_ours_yet
  from order_lines l
  where l.quantity > 0
)
select order_id, line_no, title, sku, variant_id, requires_shipping, is_merchandise, is_gift_card, quantity,
  not_ours_yet,
  max(0, min(not_ours_yet,
             case when fulfillment_status = 'fulfilled' then 0 else coalesce(open_quantity, quantity) end)
  ) as open_quantity
from ours;
