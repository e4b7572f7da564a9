-- What was spent to be seen, as the advertising accounts report it.

create table ad_spend (
  channel_id integer not null references channels(id),
  campaign text not null,
  day_on text not null,
  currency text not null,
  spend_cents integer not null,
  clicks integer,
  impressions integer,
  conversions real,
  value_cents integer,
  import_id integer references imports(id),
  primary key (channel_id, campaign, day_on)
) strict, without rowid;
create index ad_spend_by_day on ad_spend(day_on);
