"""The kernel host: a process of a store that starts kernels ahead, and ends every one of them."""
