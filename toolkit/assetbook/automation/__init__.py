"""What is due, as pure decisions."""
