# Four commands: demo, test, lint, bench. Each makes the environment it needs, from git, make and Python with pip alone.
#
#   make test                        with python3
#   make test PYTHON=python3.12      with another one; each Python version has an environment of its own

PYTHON  ?= python3
# How many processes run the tests.
WORKERS ?= auto

VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV    := .venv-$(VERSION)
BIN     := $(VENV)/bin
READY   := $(VENV)/ready

# Trust whom the system trusts, as pip does: a company's own package index may have a certificate of its own.
export UV_NATIVE_TLS = 1
export UV_SYSTEM_CERTS = 1

# torch for the tests. PyPI's wheel for Linux brings gigabytes of CUDA; PyTorch's own index has one for the CPU alone,
# which pip prefers, as 2.13.0+cpu is newer than 2.13.0.
TORCH := 'torch>=2.13,<2.14' --extra-index-url https://download.pytorch.org/whl/cpu

# With this set, each of the many child processes of a test would compile what it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-knowledge lint bench clean

help:
	@echo "make demo    trace three messy scripts and see what is left of them"
	@echo "make test    linters, types, import contracts, all tests"
	@echo "make test-knowledge    compare what is known of torch, polars and the like with what they do (gigabytes)"
	@echo "make lint    the part of 'make test' that runs no test"
	@echo "make bench   measure the cost of tracing; writes benchmarks/RESULTS.md (BASELINE=1: and the baseline)"

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: lint
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup
	$(BIN)/python -m pytest -q -n $(WORKERS) --no-knowledge tests/slicing
	$(BIN)/python -m pytest -q -n $(WORKERS) --in-notebook tests/slicing/test_cells.py tests/slicing/test_control_flow.py tests/slicing/test_exceptions.py tests/slicing/test_hot_loops.py

test-knowledge: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group knowledge-heavy
	$(BIN)/python -m pytest -q -n 0 tests/effects/heavy tests/effects/test_names.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/python benchmarks/run.py $(if $(BASELINE),--update-baseline)

clean:
	rm -rf .venv-*/ build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# The stamp is touched last, so an interrupted installation is made again; so is one older than pyproject.toml.
# Debian's Python may lack ensurepip: then its own pip fills the environment. uv installs in seconds what takes pip a
# minute; without it, pip does.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "LineaPy needs Python 3.11 or newer; '$(PYTHON)' is $(or $(VERSION),not there)."; \
	  echo "Install one (on Debian or Ubuntu: apt install python3 python3-pip), then say which: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	  exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	@echo "Installing LineaPy and its tools into $(VENV) ..."
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; then \
	   $(BIN)/python -m uv pip install --quiet --python $(BIN)/python -e '.[dev,examples]' --group knowledge; \
	 else \
	   $(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' && \
	   $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,examples]' --group knowledge; \
	 fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 1 --no-deps $(TORCH) && \
	 $(BIN)/python -m pip install --quiet --disable-pip-version-check torch || \
	 echo "torch could not be installed: the tests that need it will be skipped, and say so."
	@touch $@
