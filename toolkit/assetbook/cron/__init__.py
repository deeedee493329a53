"""When something is due: cron lines in a time zone, through every change of its clocks."""

from assetbook.cron.expression import Cron

__all__ = ["Cron"]
