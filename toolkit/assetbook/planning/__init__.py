"""Pure decisions: which steps will run, in what order, and the reason for each."""
