"""How fast a rendered service is, beside small applications that do the same by hand.

`make bench` runs everything, keeps it in `results.json`, and draws docs/speed.md from that.
"""
