"""The traceback of a cell, as a person reads it."""

from __future__ import annotations

from assetbook.kernels.cell_traceback import plain, short

LONG = """---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
File ~/lib/site-packages/pandas/core/indexes/base.py:3812, in Index.get_loc(self, key)
   3811 try:
-> 3812     return self._engine.get_loc(casted_key)
   3813 except KeyError as err:

File pandas/index.pyx:167, in pandas._libs.index.IndexEngine.get_loc()

KeyError: 'day'

The above exception was the direct cause of the following exception:

KeyError                                  Traceback (most recent call last)
Cell In[3], line 4
      2 import pandas
      3 frame = pandas.DataFrame()
----> 4 frame["day"]

File ~/lib/site-packages/pandas/core/frame.py:4107, in DataFrame.__getitem__(self, key)
   4106     return self._getitem_multilevel(key)
-> 4107 indexer = self.columns.get_loc(key)

File ~/lib/site-packages/pandas/core/indexes/base.py:3819, in Index.get_loc(self, key)
-> 3819     raise KeyError(key) from err

KeyError: 'day'"""


def test_cells_and_the_last_frame_are_left() -> None:
    assert short(LONG) == [
        "Cell In[3], line 4",
        "      2 import pandas",
        "      3 frame = pandas.DataFrame()",
        '----> 4 frame["day"]',
        "File ~/lib/site-packages/pandas/core/indexes/base.py:3819, in Index.get_loc(self, key)",
        "-> 3819     raise KeyError(key) from err",
        "KeyError: 'day'",
    ]


def test_colours_go_and_what_is_no_traceback_stays() -> None:
    assert plain("\x1b[31mKeyError\x1b[39m: 'day'") == "KeyError: 'day'"
    assert short("Error in callback") == ["Error in callback"]
    assert short("") == []
