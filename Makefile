# Everything runs in a virtual environment of its own, made by the first target that needs it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# setuptools warns of every editable installation
INSTALL = PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable

.PHONY: help demo test cover proof check format docs studies bench clean

help:
	@echo "make demo   install, run the shipped shop scenario, show the results"
	@echo "make test   install what the tests need and run them all"
	@echo "make cover  the same, measuring how much of the code the tests run"
	@echo "make proof  what takes tens of thousands of experiments: coverage of intervals, random scenarios"
	@echo "make check  lint, format, types, import contracts"
	@echo "make docs   write again what the documentation takes from the code"
	@echo "make studies  run the shipped studies again, write what they find into results/"
	@echo "make bench  measure the speed against other models and libraries, and the cost against size"
	@echo "make clean  remove the virtual environment and caches"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.demo: $(BIN)/python pyproject.toml
	$(INSTALL) .
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml
	$(INSTALL) ".[test,check]"
	@touch $@ $(VENV)/.demo

# The lowest versions that pyproject.toml allows.
$(VENV)/.lowest: $(BIN)/python pyproject.toml
	$(BIN)/python .ci/lowest.py > $(VENV)/lowest.txt
	$(BIN)/python -m pip install --quiet --constraint $(VENV)/lowest.txt --editable ".[test]"
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/sim run scenarios/shop/base.yaml --report
	@echo "To change its values by hand and see the results at once: $(BIN)/sim live scenarios/shop/base.yaml"

# The engine is compiled first, its two forms at once: else every process of the tests would do so
# for itself.
LOAD = @$(BIN)/python -c "from sim.engine import load; load()" & \
	$(BIN)/python -c "from sim.engine import load; load(rare=True)" && wait $$!

test: $(VENV)/.test
	$(LOAD)
	$(BIN)/python -m pytest -n auto --dist worksteal

cover: $(VENV)/.test
	$(LOAD)
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=90

proof: $(VENV)/.test
	$(LOAD)
	$(BIN)/python -m pytest -n auto --dist worksteal -m proof

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.test
	$(BIN)/python docs/generate.py

$(VENV)/.bench: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	@touch $@ $(VENV)/.demo

studies: $(VENV)/.demo
	$(BIN)/python scenarios/studies/publish.py

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.bench

clean:
	rm -rf $(VENV) .venv-newest .venv-lowest .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
