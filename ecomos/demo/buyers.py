"""Who buys at the demo shop: people of several countries, some of whom come back, and shops that buy for resale."""

import random

from ecomos.demo.export import Buyer

__all__ = ["REGULARS", "SHOPS", "Crowd"]

REGULARS = (
    Buyer("Maria Lang", "Ringstrasse 12", "1010", "Wien", "AT"),
    Buyer("Jonas Weber", "Lindenweg 3", "80331", "München", "DE"),
    Buyer("Ana Costa", "Rua do Sol 41", "1200-109", "Lisboa", "PT"),
    Buyer("Tom Baker", "14 Mill Lane", "BT1 5GS", "Belfast", "GB"),
    Buyer("Eva Novak", "Dlouhá 7", "11000", "Praha", "CZ"),
    Buyer("Luc Martin", "5 rue Haute", "69001", "Lyon", "FR"),
    Buyer("Ida Holm", "Strandvej 88", "2100", "København", "DK"),
    Buyer("Paolo Rossi", "Via Roma 9", "20121", "Milano", "IT"),
)
SHOPS = (
    Buyer("Kontor Graz", "Herrengasse 4", "8010", "Graz", "AT"),
    Buyer("Lade Leipzig", "Karlstrasse 20", "04109", "Leipzig", "DE"),
    Buyer("Casa Bolzano", "Via Museo 11", "39100", "Bolzano", "IT"),
    Buyer("Atelier Nantes", "2 rue Crébillon", "44000", "Nantes", "FR"),
    Buyer("Butik Malmö", "Södergatan 9", "211 34", "Malmö", "SE"),
)
FIRST = (
    "Anna", "Lukas", "Sophie", "Felix", "Clara", "Paul", "Emma", "Noah", "Lena", "Max", "Julia", "Simon",
    "Marie", "David", "Laura", "Jan", "Nina", "Peter", "Eva", "Tobias", "Ines", "Hugo", "Greta", "Oskar",
)  # fmt: skip
LAST = (
    "Bauer", "Huber", "Gruber", "Schmid", "Wagner", "Fischer", "Koch", "Richter", "Klein", "Wolf", "Braun",
    "Hofer", "Moreau", "Petit", "Romano", "Conti", "Jansen", "Visser", "Nielsen", "Larsen", "Silva", "Horak",
    "Dvorak", "Kovacs", "Murphy", "Walsh", "Evans", "Clarke",
)  # fmt: skip
STREETS = ("Gartenweg", "Hauptstrasse", "Schulgasse", "Parkallee", "Am Bach", "Kirchplatz", "Seestrasse", "Waldweg")
PLACES = (
    (30, "AT", ("1030", "Wien"), ("4020", "Linz"), ("5020", "Salzburg"), ("6020", "Innsbruck")),
    (34, "DE", ("10115", "Berlin"), ("20095", "Hamburg"), ("50667", "Köln"), ("01067", "Dresden")),
    (9, "FR", ("75011", "Paris"), ("33000", "Bordeaux")),
    (7, "IT", ("20123", "Milano"), ("40121", "Bologna")),
    (6, "NL", ("1012 AB", "Amsterdam"), ("3511 AX", "Utrecht")),
    (5, "CZ", ("11000", "Praha"), ("60200", "Brno")),
    (5, "GB", ("EC1A 1BB", "London"), ("M1 1AE", "Manchester")),
    (4, "CH", ("8001", "Zürich"), ("3011", "Bern")),
)
COME_BACK = 0.38
"""The share of orders that somebody places who bought before."""
RECENT = 900


class Crowd:
    """Gives the buyer of the next order: somebody new, or somebody who was here lately."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.known: list[Buyer] = list(REGULARS)

    def next(self) -> Buyer:
        """Who buys now."""
        if self.chance.random() < COME_BACK:
            back = int(self.chance.random() ** 1.7 * min(len(self.known), RECENT))
            return self.known[-1 - back]
        self.known.append(self._new())
        return self.known[-1]

    def _new(self) -> Buyer:
        chance = self.chance
        _, country, *towns = chance.choices(PLACES, [p[0] for p in PLACES])[0]
        zip_code, city = chance.choice(towns)
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        street = f"{chance.choice(STREETS)} {chance.randint(1, 120)}"
        return Buyer(name, street, zip_code, city, country, len(self.known))
