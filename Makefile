# Two commands for a fresh machine: make demo, make test. Needs Python >= 3.11 with venv, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO ?= demo

.PHONY: demo test check lint types contracts unit examples faults lock bench kill crowds audit clean hostile tamper fuzz life windows checker mutants

demo: $(STAMP)
	rm -rf "$(DEMO)"
	$(BIN)/riskpool demo --out "$(DEMO)"

test: check unit

check: lint types contracts

$(STAMP): requirements/dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高 / Python 3.11 or later is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/pytest -n 2 --dist loadfile

examples: $(STAMP)
	$(BIN)/python examples/2023/make.py

faults: $(STAMP)
	$(BIN)/python docs/make_faults.py

# Locks carry hashes and no index address.
lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/core.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra desk --extra analysis pyproject.toml -o requirements/desk.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras pyproject.toml -o requirements/dev.lock

bench: $(STAMP)
	$(BIN)/python bench/bars.py
	$(BIN)/python bench/ratios.py
	$(BIN)/python bench/imports.py
	$(BIN)/python bench/decisions.py
	$(BIN)/python bench/portfolio.py

# 10,000 random decisions: every number of each changed, every clause of each dropped, each caught by the checker.
checker: $(STAMP)
	CHECKER_DECISIONS=10000 CHECKER_EVERY=1 $(BIN)/pytest -n 2 -rP tests/riskpool/test_riskpool_checker.py -k "every and caught and not one_decision"

# Wrong versions of the kinds of clause: none that changes an amount or a verdict lives.
mutants: $(STAMP)
	$(BIN)/python tests/mutation/run.py

# A random year of 10,000 vouchers: our book, hledger and the auditor's script agree on every balance.
audit: $(STAMP)
	$(BIN)/python tests/random_year.py --vouchers 10000

# Every writing system call of every act, killed and failed, and the crowds; needs strace. SEED=… for another order,
# ARGS="--stories month" for a part, ARGS=--resume to go on with a run that was broken off.
SEED ?= 20230301
kill: $(STAMP)
	$(BIN)/python tests/kill/run.py --seed $(SEED) $(ARGS)

# Four clerks at once, clerks killed at any moment, readers while clerks write.
crowds: $(STAMP)
	$(BIN)/python tests/kill/run.py --seed $(SEED) --crowds only

# Hostile texts: 10,000 a slot in process, 200 through processes and on pages; and 200 tamperings of each kind.
hostile: $(STAMP)
	HOSTILE=10000 HOSTILE_OUTSIDE=200 $(BIN)/pytest tests/hostile

tamper: $(STAMP)
	TAMPER=200 $(BIN)/pytest tests/tamper

# Spoiled files, counted by kind, way and result; true statements cut into windows, five files in all 120 orders.
fuzz: $(STAMP)
	FUZZ_MUTANTS=10000 FUZZ_SEED=$(SEED) $(BIN)/pytest -s -q tests/fuzz/test_fuzz_imports.py

# Acts on a few cases in any order: supplemented, decided again, funded, paid, bounced, recovered, taken back.
life: $(STAMP)
	LIFE_STEPS=6000 $(BIN)/pytest -n 2 -q tests/desk/test_desk_life_machine.py

windows: $(STAMP)
	RISKPOOL_CUTS=10000 $(BIN)/pytest -q tests/importers/test_importers_windows.py tests/desk/test_desk_import_orders.py

clean:
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
