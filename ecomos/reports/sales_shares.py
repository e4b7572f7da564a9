"""What brings how much: channels by the KPI cards, products by the lines of the orders."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ecomos.orders.sold import channels_of_orders, goods_by_product
from ecomos.reports.looked import Look, share_words
from ecomos.reports.told import Drawn, Told

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Channels", "Products"]


@dataclass(frozen=True)
class Channels:
    """The channels of a look."""

    look: Look

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a channel that ever had an order: each card's figure over all the days."""
        import pandas as pd

        rows = channels_of_orders(self.look.shop.db)
        kept = [r for r in rows if self.look.span and self.look.channel_id in (None, r["id"])]
        found = [
            {"channel": r["name"], **{c.stem: self.look.value(c.stem, r["id"]) for c in self.look.cards}} for r in kept
        ]
        return pd.DataFrame(found, columns=["channel", *(c.stem for c in self.look.cards)]).set_index("channel")

    def tell(self) -> Told:
        """Which channel brings how much."""
        found = self.table
        if found.empty or "net-sales" not in found:
            return self.look.tell()
        found = found.sort_values("net-sales", ascending=False)
        total = found["net-sales"].sum()
        shares = [f"{share_words(row['net-sales'], total)}" for _, row in found.iterrows()]
        one = f"Everything came through {found.index[0]}."
        said = one if len(found) == 1 else f"{found.index[0]} brings {shares[0]} of the net sales."
        rows = tuple(
            (str(name), self.look.money(row["net-sales"]), share, f"{row.get('orders', 0) or 0:,.0f}")
            for (name, row), share in zip(found.iterrows(), shares, strict=True)
        )
        return Told((said,), ("Channel", "Net sales", "Share", "Orders"), rows, frozenset({1, 2, 3}))


@dataclass(frozen=True)
class Products:
    """The products of a look."""

    look: Look

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a product, by its SKU: title, pieces, and goods after a line's own discount, the largest first."""
        import pandas as pd

        rows = goods_by_product(self.look.shop.db, *self.look.span, self.look.channel_id) if self.look.span else []
        found = pd.DataFrame([tuple(r) for r in rows], columns=["product", "title", "pieces", "goods"])
        found["goods"] = found["goods"] / 100
        found = found.sort_values("goods", ascending=False, kind="stable")
        grouped = found.groupby("product", sort=False)
        whole = grouped.agg(title=("title", "first"), pieces=("pieces", "sum"), goods=("goods", "sum"))
        return whole.sort_values("goods", ascending=False, kind="stable")

    def tell(self, top: int = 10) -> Told:
        """What sells best, how much hangs on few, and how that goes with the net sales."""
        found = self.table
        if found.empty:
            return self.look.tell()
        total, best = found["goods"].sum(), found.iloc[0]
        few = max(1, round(len(found) / 5))
        said = (
            f"{len(found):,} products; {best['title']} brings most: {self.look.money(best['goods'])}, "
            f"{share_words(best['goods'], total)} of all goods.",
            f"The best fifth of them ({few:,}) brings {share_words(found['goods'].head(few).sum(), total)}.",
            f"Goods come to {self.look.money(total)}; net sales of the same days are "
            f"{self.look.money(self.look.value('net-sales', self.look.channel_id))}, since delivery, tax, discounts "
            "on a whole order and money paid back have no product.",
        )
        rows = tuple(
            (str(p), r["title"], f"{r['pieces']:,}", self.look.money(r["goods"]), share_words(r["goods"], total))
            for p, r in found.head(top).iterrows()
        )
        return Told(said, ("SKU", "Product", "Pieces", "Goods", "Share"), rows, frozenset({2, 3, 4}))

    def draw(self, top: int = 10) -> Drawn | Told:
        """The best products."""
        from ecomos.reports.charts import bars

        if self.table.empty:
            return self.look.tell()
        shown = [(_shortened(str(r["title"])), round(r["goods"])) for _, r in self.table.head(top).iterrows()]
        words = f"Chart: goods by product in {self.look.shop.home.currency}. " + "; ".join(
            f"{t} {n:,}" for t, n in shown
        )
        return bars(shown, words)


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
