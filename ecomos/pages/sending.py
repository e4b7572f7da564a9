"""Who writes to a channel's customers, the platform or ecomos: shown and set for each kind of message."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ecomos.errors import EcomosError, Refused
from ecomos.orders.reading import channels, set_sends
from ecomos.pages.accounts import must_be_allowed
from ecomos.pages.page import Context
from ecomos.pages.parts import StepForm
from ecomos.store import write
from ecomos.work import Shop, in_force

__all__ = ["Sending"]

WHO = {"the platform": "platform", "ecomos": "ecomos"}


class Sending:
    """The form and what it does."""

    def __init__(self, context: Context, shop: Shop, told: Callable[[], None]) -> None:
        self.context, self.shop, self.told = context, shop, told
        self.form = StepForm(self.set_channel, empty="")

    def set_channel(self, said: dict[str, Any]) -> None:
        """Keep who sends a kind of message to a channel's customers."""
        try:
            must_be_allowed(self.shop, self.context.person.id, self.context.now())
            given = said["answers"]
            found = [c for c in channels(self.shop.db) if c["name"] == given.get("channel")]
            kinds = [k for k, t in self.messages(self.context.now()).items() if t == given.get("message")]
            if not found or not kinds or given.get("who") not in WHO:
                raise Refused("Choose the channel, the message and who sends it.")
        except EcomosError as error:
            self.form.update(error=str(error))
            return
        sends = json.loads(found[0]["sends"]) | dict.fromkeys(kinds, WHO[given["who"]])
        with write(self.shop.db):
            set_sends(self.shop.db, found[0]["id"], json.dumps(sends))
        self.context.toast(f"“{given['message']}” is sent by {given['who']} from now on.")
        self.form.update(error="")
        self.told()

    def messages(self, now: datetime) -> dict[str, str]:
        """The kinds of message there are, with their titles."""
        return {m.kind: m.title for (_, language), m in in_force(self.shop, now).messages.items() if not language}

    def refresh(self, now: datetime) -> None:
        """Read the channels again; what is being chosen stays."""
        known = channels(self.shop.db)
        titles = self.messages(now)
        told = []
        for c in known:
            ours = sorted(k for k, who in json.loads(c["sends"]).items() if who == "ecomos")
            words = ", ".join(titles.get(k, k) for k in ours)
            told.append([c["name"], f"ecomos sends: {words}" if ours else "the platform sends every message"])
        step = {
            "key": "channels",
            "title": "Who writes to the customers",
            "sub": "By default the platform does, so that no customer gets a message twice.",
            "facts": told or [["channels", "none yet: the first import makes one"]],
            "fields": [
                {"name": "channel", "label": "Channel", "kind": "one of", "choices": [c["name"] for c in known]},
                {"name": "message", "label": "Message", "kind": "one of", "choices": sorted(titles.values())},
                {"name": "who", "label": "Sent by", "kind": "one of", "choices": list(WHO)},
            ],
            "buttons": [{"deed": "set", "label": "Save who sends it", "primary": True}],
        }
        if not known:
            step["fields"], step["buttons"] = [], []
        if step != {k: v for k, v in self.form.step.items() if k in step}:
            self.form.step = step
