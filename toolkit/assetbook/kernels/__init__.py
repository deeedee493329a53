"""Notebooks run without a front end, in kernels of their own."""
