"""Can the servers that Julia downloads from be reached? Answered in about a second."""

from __future__ import annotations

import os
import socket
import threading
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

JULIA_SERVER = "https://julialang-s3.julialang.org"
PACKAGE_SERVER = "https://pkg.julialang.org"
PATIENCE = 1.0


def package_server() -> str:
    """Where Julia gets packages: the server it is told to use, or GitHub where it is told to use none."""
    server = os.environ.get("JULIA_PKG_SERVER", PACKAGE_SERVER).strip() or "https://github.com"
    return server if "://" in server else "https://" + server


def unreachable(*servers: str, patience: float = PATIENCE) -> list[str]:
    """Those of `servers` to which no connection can be made (by way of the proxy, if one is set)."""
    answers: dict[str, bool] = {}

    def ask(server: str) -> None:
        answers[server] = _connects(server, patience)

    # A name that is looked up in vain can take long; the thread may be left behind.
    threads = [threading.Thread(target=ask, args=(server,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience + 0.2)
    return [server for server in servers if not answers.get(server, False)]


def _connects(server: str, patience: float) -> bool:
    url = urlsplit(server)
    proxy = getproxies().get(url.scheme) if url.hostname and not proxy_bypass(url.hostname) else None
    if proxy:
        url = urlsplit(proxy if "://" in proxy else "http://" + proxy)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        socket.create_connection((url.hostname, port), timeout=patience).close()
    except (OSError, ValueError):
        return False
    return True
