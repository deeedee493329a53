"""Suites that every implementation of an extension point inherits; third parties may use them."""
