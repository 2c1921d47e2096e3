# `make demo` and `make test` set themselves up: they need Python 3.11+, git and make.

# With it set, every start of Python compiles every module again: three times slower.
unexport PYTHONDONTWRITEBYTECODE
# What pytest is given here is not for the Makefiles of the services that it tests.
unexport args
# The tools never fetch an interpreter: they run on those the machine has.
export UV_PYTHON_DOWNLOADS := never
# They trust the certificates that the machine trusts, and use the index that pip is told to use.
export UV_SYSTEM_CERTS ?= true
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-controls combinations bench flame lint setup format requirements release clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: export PORT ?= 8000
demo: export DEMO_DIR ?= demo
demo: ## Render the default service, set it up and serve it on 127.0.0.1:$PORT (8000)
	@python="$$(sh scripts/find-python.sh)" && "$$python" scripts/port.py "$$PORT"
	@sh scripts/setup.sh
	@$(BIN)/python scripts/demo.py

# A worker takes a whole module, or class, at a time: what they set up is set up once.
test: lint ## Check the template and every combination of answers; args="--shard 1/4" a part
	PYTHONPATH=tests $(BIN)/pytest -p support.report --verbose \
		--numprocesses 2 --dist loadscope --no-loadscope-reorder $(args)

test-all: ## Check every three answers together too, and run all tests of each code
	$(MAKE) test args="--strength 3 $(args)"

test-controls: setup ## Switch each protection of the service off, and expect its tests to fail
	PYTHONPATH=tests $(BIN)/pytest --verbose --numprocesses 2 --dist loadscope tests/test_controls.py

combinations: setup ## Write docs/combinations.md: which combinations of answers are checked, and how
	PYTHONPATH=tests $(BIN)/python -m combinations.page

bench: setup ## Measure a service beside references, into docs/speed.md; args="pages login" some parts
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(args)
	PYTHONPATH=tests $(BIN)/python -m benchmarks.page

flame: setup ## Draw where the time of a request goes, in docs/users-me.svg
	PYTHONPATH=tests $(BIN)/python -m benchmarks.flame

lint: setup ## Format, lint and type checks of this repository's own Python
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

setup: ## Make .venv with the pinned tools, when they are not there yet
	@sh scripts/setup.sh

format: setup ## Format this repository's own Python
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

requirements: setup ## Pin the newest tools (older than the cooldown) in requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --group dev \
		--custom-compile-command "make requirements" --output-file requirements.txt

release: setup ## Test, write down and tag what is here: make release v=1.2.0
	@$(BIN)/python scripts/release.py "$(v)"

clean: ## Remove .venv and the caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
