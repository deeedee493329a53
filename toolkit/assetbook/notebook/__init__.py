"""From notebook cells to definitions: what cells read and bind, and how their text is run."""
