"""What Lurewatch costs: ``make bench``, or a part: ``python -m bench.speed``, ``bench.hostile``, ``bench.service``."""
