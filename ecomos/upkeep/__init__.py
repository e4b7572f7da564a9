"""Upkeep: the nightly backup, one of them restored and checked each week, and what has become stale or silent. Whatever
fails here is on somebody's list."""

from ecomos.upkeep.backups import check_a_restore, nightly_backup
from ecomos.upkeep.escalated import tell_escalated
from ecomos.upkeep.levels import carry_levels
from ecomos.upkeep.staleness import Stale, stale_channels, tell_stale

__all__ = [
    "Stale",
    "carry_levels",
    "check_a_restore",
    "nightly_backup",
    "stale_channels",
    "tell_escalated",
    "tell_stale",
]
