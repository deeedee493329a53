"""Effects: running a plan, and what a step's code sees and leaves behind while it runs."""
