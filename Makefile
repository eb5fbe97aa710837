# The commands of a checkout. Each does all of its own set-up; Python >= 3.11 with venv, and git, are all they assume.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= 5
# Compiled once instead of at every start: a third of the time of every command.
export PYTHONDONTWRITEBYTECODE :=
ARGS ?=

.PHONY: help setup run test chaos check format pictures bench bench-setup lock clean

help:
	@echo "make run     open the control room on this folder (ARGS='status' runs another command)"
	@echo "make test    run the tests"
	@echo "make chaos   ten minutes of kills, freezes and a full disk (CHAOS_SECONDS, CHAOS_SEED)"
	@echo "make check   format, lint, types, import contracts, file sizes"
	@echo "make bench   the benchmarks, beside the peers that are installed"
	@echo "make bench-setup  what the benchmarks measure us beside"
	@echo "make pictures  draw the pictures of the documents anew"
	@echo "make lock    renew constraints.txt"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Trinity needs Python 3.11 or newer: install it (Debian: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv: install it (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.uv: $(BIN)/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv 2>/dev/null || true
	@touch $@

# With uv where it could be had, with pip where not: the same pins either way.
define install
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --python $(BIN)/python -c constraints.txt $(1); \
	else $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt $(1); fi
endef

$(VENV)/.runtime: pyproject.toml constraints.txt $(VENV)/.uv
	@echo "Setting up $(VENV) (once)…" >&2
	$(call install,-e .)
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(call install,--group dev)
	@touch $@

setup: $(VENV)/.dev

run: $(VENV)/.runtime
	@command -v git >/dev/null 2>&1 || { echo "Trinity needs git: install it (Debian: apt install git)." >&2; exit 1; }
	@$(BIN)/trinity $(ARGS)

# Each worker would rewrite the assertions of every test for itself, and look up what every character is called and can be
# encoded to, all at the same time: after a checkout, a fifth of the time of the tests. What fails here, the tests say.
$(VENV)/.collected: $(VENV)/.dev
	@$(BIN)/python -c 'from hypothesis import given, strategies as st; given(st.text())(lambda text: None)()' \
	>/dev/null 2>&1 & printf '%s\n' tests/[a-z]*/ | xargs -P 2 -n 10 $(BIN)/python -m pytest -q --collect-only \
	>/dev/null 2>&1; wait
	@touch $@

test: $(VENV)/.dev $(VENV)/.collected
	@$(BIN)/python -m pytest -q -m "not perf" -n $(WORKERS) --dist worksteal $(ARGS)

chaos: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python -m chaos

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports
	@$(BIN)/deptry src
	@$(BIN)/python -m pytest -q tests/architecture

format: $(VENV)/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

pictures: $(VENV)/.dev
	@PYTHONPATH=tests:tests/tui $(BIN)/python -m pictures

bench: $(VENV)/.runtime
	@$(BIN)/trinity bench bus $(ARGS); a=$$?; $(BIN)/trinity bench supervise $(ARGS); b=$$?; \
	$(BIN)/trinity bench log; c=$$?; $(BIN)/trinity bench screen $(ARGS); d=$$?; \
	$(BIN)/trinity bench brain; e=$$?; $(BIN)/trinity bench memory $(ARGS); f=$$?; exit $$((a || b || c || d || e || f))

# Screens to measure ours beside, with libraries of their own choice: each in an environment of its own.
PEERS := posting harlequin oterm

bench-setup: $(VENV)/.runtime
	$(call install,--group bench)
	@for peer in $(PEERS); do echo "Setting up $$peer…" >&2; \
	{ $(BIN)/python -m venv --clear $(VENV)/peers/$$peer && \
	$(VENV)/peers/$$peer/bin/python -m pip install -q --disable-pip-version-check \
	-c src/trinity_tui/bench/screens/constraints.txt $$peer; } \
	|| echo "not installed, will be skipped: $$peer" >&2; done
	@for program in nats-server redis-server pm2; do \
	command -v $$program >/dev/null 2>&1 || echo "not installed, will be skipped: $$program" >&2; done

lock: $(VENV)/.uv
	@$(BIN)/uv pip compile -q --no-header --no-annotate --no-emit-index-url --upgrade --universal --group dev --group bench pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) build dist
