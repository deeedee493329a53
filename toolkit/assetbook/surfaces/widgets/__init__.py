"""Dashboards: views of a store that stay live, in a notebook and as a page of their own."""
