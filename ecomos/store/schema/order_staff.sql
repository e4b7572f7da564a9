-- Who took an order at the counter or over the phone, where the platform's export names somebody.

create table order_staff (
  order_id integer primary key references orders(id),
  name text not null
) strict;
