"""What is remembered: runs, events, the latest state of each asset, logs, sources, snapshots."""
