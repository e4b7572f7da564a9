"""What advertising cost (A1): Google Ads with its preamble and totals, Meta with its total row and its currency in a
column's name; a row for each campaign and day, never a sum of days."""

from pathlib import Path

import pytest
from exports import NEXT_DAY, NOW, Desk, make_desk, order, write_csv

from ecomos.kpis import figure, refresh
from ecomos.playbook import read_folder

GOOGLE = (
    'Campaign report\n"November 22, 2026 - November 23, 2026"\n'
    "Campaign status,Campaign,Day,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value\n"
    'Enabled,Brand,2026-11-22,EUR,"1,204",87,"1,012.30",3.00,214.50\n'
    "Enabled,Brand,2026-11-23,EUR,981,64,9.10,2.50, --\n"
    "Paused,Mugs,2026-11-23,EUR, --, --,4.00,0.00,0.00\n"
    'Total: Campaigns, --, --,EUR,"2,185",151,"1,025.40",5.50,214.50\n'
    'Total: Account,,,EUR,"2,185",151,"1,025.40",5.50,214.50\n'
)
META = (
    '"Reporting starts","Reporting ends","Campaign name","Amount spent (EUR)",Impressions,"Link clicks",Purchases\n'
    "2026-11-23,2026-11-23,,30.50,4000,70,\n"
    "2026-11-23,2026-11-23,Lookalikes,20.00,3000,50,2\n"
    "2026-11-23,2026-11-23,Lookalikes,10.50,1000,20,\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def spend(desk: Desk) -> list[tuple[object, ...]]:
    return desk.all(
        """select c.name, campaign, day_on, a.currency, spend_cents, clicks, impressions, conversions, value_cents
           from ad_spend a join channels c on c.id = a.channel_id order by 1, 2, 3"""
    )


def test_a_google_report_is_read_below_its_preamble_and_its_totals_are_compared(desk: Desk) -> None:
    account = desk.load(GOOGLE, name="Campaign report.csv")
    assert (account.status, account.kind, account.channel) == ("loaded", "google-ads", "google-ads")
    assert (account.rows_new, account.rows_rejected) == (3, 0)
    assert list(account.identities) == ["The file's own total is the sum of its rows."]
    assert spend(desk) == [
        ("google-ads", "Brand", "2026-11-22", "EUR", 101230, 87, 1204, 3.0, 21450),
        ("google-ads", "Brand", "2026-11-23", "EUR", 910, 64, 981, 2.5, None),
        ("google-ads", "Mugs", "2026-11-23", "EUR", 400, None, None, 0.0, 0),
    ]


def test_a_total_that_is_not_the_sum_is_said(desk: Desk) -> None:
    account = desk.load(GOOGLE.replace('"1,025.40",5.50,214.50\n', '"1,030.00",5.50,214.50\n'), name="g.csv")
    assert list(account.identities) == ["The file's own total (1030.00) is not the sum of its rows (1025.40)."]


def test_a_report_of_one_day_needs_no_column_for_it(desk: Desk) -> None:
    text = 'Campaign report\n"November 23, 2026"\nCampaign,Currency code,Cost\nBrand,EUR,9.10\n'
    assert desk.load(text, name="g.csv").status == "loaded"
    assert spend(desk)[0][2:5] == ("2026-11-23", "EUR", 910)


def test_real_reports_that_sum_up_weeks_are_refused_with_what_to_do(desk: Desk, shared_data: Path) -> None:
    ads = shared_data / "ads"
    google = desk.load((ads / "campaign_report_inr_2025.csv").read_bytes(), name="g.csv")
    meta = desk.load((ads / "meta_campaigns_with_total_row.csv").read_bytes(), name="m.csv")
    empty = desk.load((ads / "campaign_report_empty_2019.csv").read_bytes(), name="e.csv")
    assert google.problems[0].message == (
        "The report sums up July 8, 2025 - July 31, 2025 in one row for each campaign. Export it with a row for each "
        "day: Segment, Time, Day."
    )
    assert meta.problems[0].message == (
        "The report sums up 2026-05-24 to 2026-06-22 in one row for each campaign. Export it with a row for each day: "
        "Breakdown, Time, Day."
    )
    assert "these columns are missing: Cost" in empty.problems[0].message
    assert desk.one("select count(*) from ad_spend") == 0


def test_a_meta_report_adds_up_its_parts_and_leaves_out_its_total(desk: Desk) -> None:
    account = desk.load(META, name="meta.csv")
    assert (account.kind, account.rows_new) == ("meta-ads", 2)
    assert list(account.identities) == ["The file's own total is the sum of its rows."]
    assert spend(desk) == [("meta-ads", "Lookalikes", "2026-11-23", "EUR", 3050, 70, 4000, 2.0, None)]


def test_the_real_daily_report_in_rupiah_asks_whose_it_is_and_is_then_loaded(desk: Desk, shared_data: Path) -> None:
    """Three ad sets of one campaign are one figure; the excerpt lacks campaigns that its total counts."""
    data = (shared_data / "ads" / "meta_idr_daily.csv").read_bytes()
    asks = desk.load(data, name="m.csv")
    assert (asks.status, list(asks.choices)) == ("asks", [("it belongs to meta-ads", "currency=IDR")])
    account = desk.load(data, name="m.csv", readings={"currency": "IDR"})
    assert list(account.identities) == ["The file's own total (314467.00) is not the sum of its rows (221473.00)."]
    assert [row[1:6] for row in spend(desk)] == [
        ("campaign-m", "2026-08-02", "IDR", 20821900, 11241),
        ("campaign-p", "2026-08-02", "IDR", 1325400, 920),
    ]
    assert desk.load(data, name="m.csv").status == "already"


def test_a_later_report_of_a_day_replaces_the_earlier(desk: Desk) -> None:
    desk.load(META, name="meta.csv")
    account = desk.load(META.replace("20.00", "21.00").replace("30.50", "31.50"), NEXT_DAY, name="meta.csv")
    assert (account.rows_new, account.rows_changed, spend(desk)[0][4]) == (0, 2, 3150)


def test_a_row_without_a_day_is_rejected_with_its_line(desk: Desk) -> None:
    account = desk.load(GOOGLE.replace("Mugs,2026-11-23", "Mugs,soon"), name="g.csv")
    assert list(account.rejects) == [(6, "“soon” is no day as this file writes them")]


def test_spend_of_days_long_ago_is_in_the_figure_at_once(desk: Desk) -> None:
    """kpi_daily is made anew from the first day that a report touches, not only from today's orders on."""
    starter = Path(__file__).resolve().parent.parent / "ecomos" / "starter" / "playbook"
    card = read_folder(starter)[0].kpis["ad-cost-share"]
    desk.load(write_csv([order()]))
    refresh(desk.db, [card], NOW)
    desk.load(META.replace("2026-11-23", "2026-11-20"), NOW, name="meta.csv")
    refresh(desk.db, [card], NOW)
    day = NOW.date().replace(day=20)
    value = figure(desk.db, card, day, day).value
    assert value is not None
    assert round(value, 2) == round(100 * 30.50 / 25.00, 2)
