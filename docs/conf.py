"""How the documentation is built: `make docs` runs every page's cells and shows what they give."""

import os

project = "assetbook"
author = "the assetbook authors"
project_copyright = author
html_theme = "furo"
html_title = "assetbook"
extensions = ["myst_nb"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Each page runs in a kernel of its own, in a folder of its own, which therefore is its project.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 60
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_render_error_lexer = "text"  # errors are sentences, not tracebacks
# Relative to the kernel's folder: the page counts as a notebook there.
os.environ["ASSETBOOK_NOTEBOOK"] = "page.ipynb"
