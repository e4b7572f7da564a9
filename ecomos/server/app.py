"""The application: standalone Voilà with our own handlers only. What is not in the list here is not served."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import tornado.web
from jupyter_server.base.handlers import FileFindHandler
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets import Instance
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler
from voila.utils import get_page_config

from ecomos.errors import WrongUsage
from ecomos.people import people
from ecomos.server import handlers
from ecomos.server.access import CONTENT_SECURITY, OwnerAuthorizer
from ecomos.server.attachments import ATTACHMENT, Attachment
from ecomos.server.house import Lasting, house_files, house_settings
from ecomos.server.identity import Desk, PeopleIdentity, cookie_secret, server_folder
from ecomos.server.kernels import Kernels, own_environment
from ecomos.server.papers import PAPER, Paper
from ecomos.store import Home, open_file

__all__ = ["Cockpit"]

CULL_AFTER_SECONDS = 20 * 60
"""An open page asks its kernel every ten seconds (a sleeping tab once a minute), so that only closed ones idle."""
LOOK_AFTER_MS = 2_000
LARGEST_FORM = 256 * 1024
"""Files come over the websocket; what is posted is a log-in."""
NOT_NEEDED = ("@jupyterlab/mathjax2-extension:plugin",)
"""Would load formulas' fonts from elsewhere."""
EXTENSIONS = frozenset({"@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"})
KERNEL = r"/api/kernels/(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


class Cockpit(Voila):
    """Voilà, narrowed: own log-in, own pages, own kernels."""

    desk: Desk = Instance(Desk, allow_none=True)  # type: ignore[assignment]
    home: Home = Instance(Home, allow_none=True)  # type: ignore[assignment]

    @classmethod
    def made_for(cls, home: Home, port: int, ip: str, now: Callable[[], datetime]) -> "Cockpit":
        """The application for one home, not yet listening. Raises StoreError where there is no store file."""
        desk = Desk(open_file(home.db_path), home.zone, now, server_folder(home.path))
        app = cls(config=_configuration(), desk=desk, home=home, port=port, ip=ip, open_browser=False)
        app.cookie_secret = cookie_secret(home.path)
        app.config_file_paths = []  # a voila.json in the folder we are started from must not loosen anything
        app.root_dir = str(server_folder(home.path))
        app.initialize([])
        return app

    @property
    def address(self) -> str:
        """What to type into a browser."""
        host = "127.0.0.1" if self.ip in ("", "0.0.0.0", "127.0.0.1") else self.ip
        return f"http://{host}:{self.port}/"

    def run(self, started: Callable[[], None]) -> None:
        """Listen until told to stop. Raises WrongUsage where the port is taken."""
        self.connection_dir = tempfile.mkdtemp(prefix="ecomos_")
        try:
            asyncio.run(self._serve(started))
        finally:
            shutil.rmtree(self.connection_dir, ignore_errors=True)

    async def _serve(self, started: Callable[[], None]) -> None:
        self.ioloop = IOLoop.current()
        self.app = tornado.web.Application(**self.init_settings())
        self.app.add_handlers(".*$", self.init_handlers())
        try:
            listening = self.app.listen(self.port, self.ip, max_body_size=LARGEST_FORM)
        except OSError as error:
            raise WrongUsage(f"Port {self.port} on {self.ip} can't be used ({error.strerror}); try --port.") from error
        stopping = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopping.set)
        watch = PeriodicCallback(self._look_after, LOOK_AFTER_MS)
        watch.start()
        self.kernel_manager.refill()
        started()
        try:
            await stopping.wait()
        finally:
            watch.stop()
            listening.stop()
            await self.kernel_manager.close()

    async def _look_after(self) -> None:
        kernels = self.kernel_manager
        gone = [n for n, o in list(kernels.owners.items()) if not self.desk.still_holds(o.person_id, o.stamp)]
        await handlers.close_channels(gone)
        await kernels.end_all_of(gone)
        await kernels.look_after()

    def init_settings(self) -> dict[str, Any]:
        settings = super().init_settings()
        self.kernel_manager.environment = own_environment(str(self.home.path))
        self.kernel_manager.workplace = self.root_dir
        self.kernel_manager.wanted = len(people(self.desk.db, self.desk.today)) or 1
        settings.update(
            house_settings(self.desk, self.home, "/static"),
            allow_remote_access=self.ip not in ("127.0.0.1", "localhost", "::1"),
            default_handler_class=handlers.NothingHere,
            headers={
                "Content-Security-Policy": CONTENT_SECURITY,
                "Referrer-Policy": "same-origin",
                "X-Frame-Options": "DENY",
            },
            page_config=self._page_config(settings),
            ws_ping_timeout=30_000,
            websocket_max_message_size=32 * 1024 * 1024,
            xsrf_cookies=True,
            xsrf_cookie_kwargs={"samesite": "Lax"},
        )
        return settings

    def _page_config(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What Voilà's front end is told, read once: only the widget managers and anywidget are loaded."""
        config = get_page_config("/", settings, self.log, self.voila_configuration)
        kept = [found for found in config["federated_extensions"] if found["name"] in EXTENSIONS]
        config.update(federated_extensions=kept, disabledExtensions=list(NOT_NEEDED), jupyterLabTheme="light")
        version = "-".join([self.version, *(found["load"].rsplit(".", 2)[-2] for found in kept)])
        config.update(fullStaticUrl=f"/voila/static/{version}", fullLabextensionsUrl=f"/voila/labextensions/{version}")
        return config

    def init_handlers(self) -> list[Any]:
        extensions = [str(path) for path in self.labextensions_path]
        return [
            (r"/login", handlers.LogIn),
            (r"/logout", handlers.LogOut),
            (r"/", handlers.PageOfNotebook),
            (r"/voila/render/([\w-]+)\.ipynb", handlers.PageOfNotebook),
            (r"/(?:voila/)?tree.*", handlers.Homewards),
            (r"/voila", handlers.Homewards),
            (KERNEL, handlers.OwnKernel),
            (KERNEL + "/channels", handlers.OwnChannels),
            (ATTACHMENT, Attachment),
            (PAPER, Paper),
            (r"/voila/api/shutdown/(?P<kernel_id>[\w-]+)", handlers.ClosedPage),
            (r"/voila/static/[^/]+/(.*)", Lasting.of(MultiStaticFileHandler), {"paths": self.static_paths}),
            (r"/voila/labextensions/[^/]+/(.*)", Lasting.of(FileFindHandler), {"path": extensions}),
            (r"/static/[^/]+/(.*\.(?:css|js|svg))", Lasting.of(tornado.web.StaticFileHandler), house_files()),
        ]


def _configuration() -> Config:
    return Config(
        {
            "Voila": {"identity_provider_class": PeopleIdentity, "authorizer_class": OwnerAuthorizer},
            "VoilaConfiguration": {
                "multi_kernel_manager_class": Kernels,
                "preheat_kernel": False,
                "http_header_envs": [],
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
            },
            "MappingKernelManager": {
                "cull_idle_timeout": CULL_AFTER_SECONDS,
                "cull_interval": 60,
                "cull_connected": True,
                "buffer_offline_messages": False,
            },
            "KernelManager": {"autorestart": False, "shutdown_wait_time": 1.0, "transport": "ipc"},
            "Application": {"log_level": 30},
        }
    )
