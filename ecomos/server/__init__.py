"""The server: log-in, a kernel of one's own for each page, and the heartbeat's timer. Standalone Voilà underneath, so
that nothing sent by a browser is ever executed; who somebody is comes from here and from nowhere else."""

from ecomos.server.serving import serve

__all__ = ["serve"]
