"""The dashboards as a page of their own."""
