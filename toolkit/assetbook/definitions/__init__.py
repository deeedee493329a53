"""What the author declared: frozen records and their decorators; no I/O, no clock."""
