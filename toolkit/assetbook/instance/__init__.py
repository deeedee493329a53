"""The one place that joins storage, values and execution: load, plan, materialize, ask."""
