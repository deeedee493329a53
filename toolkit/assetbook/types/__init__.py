"""Types that check values."""
