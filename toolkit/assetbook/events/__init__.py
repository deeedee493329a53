"""What happened: one closed set of event records and their JSON form."""
