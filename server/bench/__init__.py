"""`livefeed bench`: measures the product on this machine, as ratios that hold on others too."""
