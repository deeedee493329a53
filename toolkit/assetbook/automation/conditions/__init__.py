"""Which assets, checks and jobs their conditions ask for now, and why: pure decisions."""
