"""``python -m lurewatch.entrypoints.cli`` is ``lurewatch``."""

from lurewatch.entrypoints.cli import main

if __name__ == "__main__":
    main()
