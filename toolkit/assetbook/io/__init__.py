"""I/O managers, and the versioned value files under the built-in one."""
