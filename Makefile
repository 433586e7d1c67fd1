# make report: the egress report of the shipped sample case; make test: everything that must hold.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS_READY := $(VENV)/.tests-ready
export EGRESSLAB_WORKERS ?= auto
.DEFAULT_GOAL := help

.PHONY: help report test fuzz check format notebooks lab bench clean

help:
	@echo "make report     write the egress report of the sample case to build/egress_report.html"
	@echo "make test       set up and run all checks and tests"
	@echo "make fuzz       give the log reader a million damaged inputs and 20,000 made-up formats; takes hours"
	@echo "make check      lint, format and types alone"
	@echo "make notebooks  run all notebooks again and save their outputs"
	@echo "make lab        open JupyterLab on the notebooks"
	@echo "make bench      time the readers against their peers"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || ./.ci/debian python3-venv
	$(PYTHON) -m venv $(VENV)

$(READY): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(TESTS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@command -v chromium >/dev/null || ./.ci/debian chromium || echo "WARNING: chromium is not there and could not be installed: the browser tests are SKIPPED"
	@touch $@

report: $(READY)
	@mkdir -p build
	$(BIN)/egresslab report data/busy --out build/egress_report.html --title "Egress report of the sample case"

test: $(TESTS_READY) check
	$(BIN)/python -m pytest -n $(EGRESSLAB_WORKERS) --cov --cov-fail-under=95 --cov-report=term:skip-covered

fuzz: $(TESTS_READY)
	EGRESSLAB_FUZZ=1000000 $(BIN)/python -m pytest tests/access_log/test_fuzz.py
	EGRESSLAB_EXAMPLES=20000 $(BIN)/python -m pytest tests/access_log/test_format_round_trip.py

check: $(TESTS_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TESTS_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(TESTS_READY)
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False \
		--ExecutePreprocessor.store_widget_state=False notebooks/*.ipynb notebooks/*/*.ipynb

lab: $(READY)
	$(BIN)/jupyter lab notebooks

bench: $(TESTS_READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/read_access_log.py
	$(BIN)/python benchmarks/read_json_log.py
	$(BIN)/python benchmarks/read_config_dump.py
	$(BIN)/python benchmarks/diagnose.py
	$(BIN)/python benchmarks/import_time.py

clean:
	rm -rf $(VENV) build
