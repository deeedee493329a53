"""Dagster Pipes, our side: a process outside gets its context, and its reports become ours."""
