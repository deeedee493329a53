"""Pure questions about what is defined: order, selections, freshness and why, the picture."""
