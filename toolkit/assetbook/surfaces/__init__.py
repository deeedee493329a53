"""Thin faces over an instance: what a person sees and types in notebook, shell and browser."""
