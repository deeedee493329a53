"""Pictures and cards of what is known: pure functions from facts to HTML, SVG and plain text."""
