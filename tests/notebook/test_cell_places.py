"""Places as people know them."""

from __future__ import annotations

from assetbook.notebook.cell_places import CellPlaces, short


def test_a_cells_file_name_leads_to_its_number() -> None:
    places = CellPlaces()
    places.note("/tmp/ipykernel_1/123.py", "In[4]")
    assert places.cell("/tmp/ipykernel_1/123.py") == "In[4]"
    assert places.where("/tmp/ipykernel_1/123.py", 3) == "In[4], line 3"
    assert places.place_of("/tmp/ipykernel_1/123.py", 3) == "In[4]"


def test_the_latest_run_of_the_same_text_counts() -> None:
    places = CellPlaces()
    places.note("cell.py", "In[4]")
    places.note("cell.py", "In[9]")
    assert places.cell("cell.py") == "In[9]"


def test_files_go_by_their_last_part() -> None:
    places = CellPlaces()
    assert places.cell("/home/me/helpers.py") is None
    assert places.where("/home/me/helpers.py", 10) == "helpers.py, line 10"
    assert places.place_of("/home/me/helpers.py", 10) == "helpers.py"
    assert short("<string>") == "<string>"
