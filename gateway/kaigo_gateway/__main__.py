"""``python -m kaigo_gateway``: the command line, also where no script was installed."""

from __future__ import annotations

from kaigo_gateway.cli import main

if __name__ == "__main__":
    main()
