-- What is measured: each card's facts summed by channel and day, and how far that is up to date.

create table kpi_daily (
  kpi text not null,
  channel_id integer not null,            -- 0: no channel
  day_on text not null,
  numerator real not null,
  denominator real,                       -- null: the figure is the sum of the numerators
  facts integer not null,
  primary key (kpi, channel_id, day_on)
) strict, without rowid;
create index kpi_daily_by_day on kpi_daily(kpi, day_on);

create table kpi_fresh (
  kpi text primary key,
  sha text not null,                      -- of the card whose SQL made the rows
  import_id integer not null,
  event_id integer not null,
  refreshed_at text not null
) strict;

create table signals (
  id integer primary key,
  kpi text not null,
  day_on text not null,
  rule text not null,                     -- outside, low, high, level moved
  value real,
  low real, high real,
  found_at text not null,
  event_id integer,
  healthy_at text,                        -- when it was back; a new breach may start work again
  unique (kpi, day_on, rule)
) strict;
