"""Telling people what went wrong: what is due to be told, how it reads, and how it reaches them."""
