"""Exports in: a file is recognised by its header, read in one stated reading, and handed as neutral records to the
trade's loaders, which write rows and events. One file per platform."""

from ecomos.intake.account import Account, read_account
from ecomos.intake.imports import import_file
from ecomos.intake.inbox import scan_inbox
from ecomos.intake.recognise import KINDS
from ecomos.orders.load_channels import ensure_channel

__all__ = ["KINDS", "Account", "ensure_channel", "import_file", "read_account", "scan_inbox"]
