-- What customers write and what we answer. A ticket is one case of one person; its messages are threaded by Message-ID.

create table tickets (
  id integer primary key,
  channel_id integer references channels(id),
  customer_id integer references customers(id),
  order_id integer references orders(id),
  subject text not null,                  -- erasable
  topic text not null,
  status text not null,                   -- open (our turn), waiting (the customer's), closed
  opened_at text not null,
  first_replied_at text,
  waiting_since text,                     -- since when it is our turn; null while it is not
  reopened_at text,
  closed_at text,
  from_email text,                        -- erasable; null: heard on the phone or over the counter
  from_name text                          -- erasable
) strict;
create index tickets_by_status on tickets(status, opened_at);
create index tickets_by_email on tickets(from_email, status);
create index tickets_by_order on tickets(order_id);
create index tickets_by_customer on tickets(customer_id);

create table ticket_messages (
  id integer primary key,
  ticket_id integer not null references tickets(id),
  direction text not null,                -- in, out
  message_id text unique,                 -- null: typed in on the page
  in_reply_to text,
  thread text,                            -- the References of an answer to this one
  at text not null,
  from_email text,                        -- erasable
  subject text not null,                  -- erasable
  body text not null,                     -- erasable
  outbox_id integer references outbox(id)
) strict;
create index ticket_messages_by_ticket on ticket_messages(ticket_id, at);
create index ticket_messages_by_outbox on ticket_messages(outbox_id);

-- Attachments, kept under files/ by their content and given out as downloads only.
create table ticket_files (
  message_id integer not null references ticket_messages(id),
  file text not null,
  name text not null,                     -- as the sender called it, made plain
  bytes integer not null,
  primary key (message_id, file)
) strict, without rowid;
