"""Types that check values: Python classes and annotations, authors' own, tables by their rules."""
