"""``python -m fluxbridge`` is the command ``fluxbridge``."""

from .cli import main

raise SystemExit(main())
