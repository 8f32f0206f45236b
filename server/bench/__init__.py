"""`livefeed bench`: measures the product on this machine, as ratios that hold on others too."""

from server.bench.rows import Measure, Row, run

__all__ = ["Measure", "Row", "run"]
