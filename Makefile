PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
export OMP_NUM_THREADS ?= 2

.PHONY: demo test test-all check docs screenshots bench clean

# The main job on real data: executes notebooks/flights.ipynb, keeps what it made, writes a page.
demo: $(READY)
	$(BIN)/python notebooks/run_demo.py

# All tests that fit into ten minutes on two cores; properties with the same examples each time.
test: $(READY) debian check bytecode
	@$(BIN)/python -m tests.faults.mounts fuse_mount
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long" --hypothesis-profile ci tests

# The longer fault, soak and browser matrices too; properties with new examples each time.
test-all: $(READY) debian check bytecode
	@$(BIN)/python -m tests.faults.mounts fuse_mount loop_mount
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

# Once, for the hundreds of processes that tests start, also where Python is told to write none.
.PHONY: bytecode
bytecode: $(READY)
	$(BIN)/python -m compileall -q toolkit

check: $(READY)
	$(BIN)/ruff check toolkit tests benchmarks notebooks
	$(BIN)/ruff format --check toolkit tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/pip install -q -e ".[docs]"
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

# The pictures of the dashboard in the documentation, in both themes.
screenshots: $(READY) debian
	$(BIN)/python docs/screenshots.py

# Beside the peers, which get environments of their own below benchmarks/.peers.
bench: $(READY)
	$(BIN)/python benchmarks/run.py

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/pip install -q -e ".[test]"
	touch $(READY)

# A browser for what people look at, strace for faults at exact system calls, a database for SQL.
.PHONY: debian
debian:
	@{ command -v chromium && command -v strace && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null \
		2>&1 || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -yq chromium strace postgresql; }

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis docs/_build benchmarks/.peers
