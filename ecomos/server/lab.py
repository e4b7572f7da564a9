"""JupyterLab over one store, as a process of its own: the pages' people and log-in page, founders only, rooted in the
store's notebooks, nothing fetched from elsewhere. `ecomos lab` starts it."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyterlab.handlers.announcements import NeverCheckForUpdate
from tornado.ioloop import PeriodicCallback
from traitlets import Instance
from traitlets.config import Config

from ecomos.server.access import CONTENT_SECURITY
from ecomos.server.house import house_settings
from ecomos.server.identity import Desk, cookie_secret, server_folder
from ecomos.server.lab_access import FoundersIdentity, FoundersOnly
from ecomos.store import Home, now_in, open_file, read_home

__all__ = ["Lab", "main"]

LOOK_AFTER_MS = 2_000
NOT_NEEDED = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/terminal-extension",
    "@voila-dashboards/jupyterlab-preview",
)
"""Parts of JupyterLab that would ask elsewhere, or for what is switched off here."""


class Lab(ServerApp):
    """Jupyter's server, narrowed: own log-in, no token, no settings from outside, no terminals."""

    desk: Desk = Instance(Desk, allow_none=True)  # type: ignore[assignment]
    home: Home = Instance(Home, allow_none=True)  # type: ignore[assignment]
    no_browser_open_file = True
    say: Callable[[str], None] = staticmethod(print)

    @classmethod
    def made_for(cls, home: Home, port: int, lines: str, now: Callable[[], datetime]) -> "Lab":
        """The server for one home, listening on this machine only; `lines` is a folder for its lines to kernels.

        Raises StoreError where there is no store file.
        """
        desk = Desk(open_file(home.db_path), home.zone, now, server_folder(home.path))
        app = cls(config=_configuration(home, port), desk=desk, home=home, runtime_dir=lines)
        app.cookie_secret = cookie_secret(home.path)
        own = house_settings(desk, home, "/house")
        app.jinja_template_vars = {"house": own["house_static"], "store": home.name}
        app.tornado_settings = {
            **own,
            "headers": _headers(),
            "page_config_hook": _narrowed,
            "ws_ping_timeout": 30_000,
        }
        app.initialize([], find_extensions=False)
        return app

    @property
    def config_file_paths(self) -> list[str]:
        """None: a file in somebody's home folder must not loosen anything."""
        return []

    def _handle_sigint(self, sig: Any, frame: Any) -> None:
        self._signal_stop(sig, frame)

    async def _post_start(self) -> None:
        await super()._post_start()
        identity: FoundersIdentity = self.identity_provider  # type: ignore[assignment]
        self.watch = PeriodicCallback(identity.cut_off_who_may_no_longer, LOOK_AFTER_MS)
        self.watch.start()
        self.say(f"{self.home.name}: http://127.0.0.1:{self.port}/")
        self.say("Founders log in with the e-mail and password of the pages. Ctrl-C ends it.")


def _headers() -> dict[str, str]:
    security = f"{CONTENT_SECURITY}; frame-src 'self' blob: data:; worker-src 'self' blob:"
    return {"Content-Security-Policy": security, "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}


def _narrowed(_handler: JupyterHandler, config: dict[str, Any]) -> dict[str, Any]:
    """What JupyterLab's front end is told, without what would ask elsewhere."""
    disabled = set(config.get("disabledExtensions", ())) | set(NOT_NEEDED)
    return {**config, "disabledExtensions": sorted(disabled), "fullMathjaxUrl": "", "mathjaxUrl": ""}


def _configuration(home: Home, port: int) -> Config:
    server = {
        "identity_provider_class": FoundersIdentity,
        "authorizer_class": FoundersOnly,
        "allow_unauthenticated_access": False,
        "allow_root": True,
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "root_dir": str(home.path / "notebooks"),
        "default_url": "/lab",
        "jpserver_extensions": {"jupyterlab": True},
        "open_browser": False,
        "terminals_enabled": False,
        "answer_yes": True,
        "extra_template_paths": [str(Path(str(files("ecomos.server") / "templates" / "lab")))],
    }
    lab = {"news_url": None, "check_for_updates_class": NeverCheckForUpdate, "extension_manager": "readonly"}
    kernels = {"transport": "ipc"}
    return Config({"ServerApp": server, "LabApp": lab, "KernelManager": kernels, "Application": {"log_level": 30}})


def lab_environment(outside: Mapping[str, str], home: Home) -> dict[str, str]:
    """What JupyterLab and its kernels may know of the environment: no secrets, no settings of another Jupyter."""
    from ecomos.server.kernels import kernel_environment

    own = server_folder(home.path) / "lab"
    kept = kernel_environment(outside, str(home.path))
    folders = {f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "DATA")}
    foreign = ("JUPYTER", "IPYTHON", "JPY_", "ECOMOS_MAIL")
    return {
        **{name: value for name, value in kept.items() if not name.startswith(foreign)},
        **folders,
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_NO_CONFIG": "1",
    }


def main(home: Home, port: int) -> None:
    """Serve JupyterLab for this home until it is told to stop."""
    db = open_file(home.db_path)
    with tempfile.TemporaryDirectory(prefix="ecomos_") as lines:
        Lab.made_for(home, port, lines, now=lambda: now_in(home, db)).start()


if __name__ == "__main__":
    main(read_home(Path(sys.argv[1])), int(sys.argv[2]))
