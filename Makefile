# Every step a bare machine needs is here: `make demo` and `make test` are the only two commands a newcomer has to know.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
CASE ?= examples/example-1.yaml
MODEL ?= examples/models/illness-death.yaml
OUT ?= build/demo

.PHONY: setup demo test check bench docs fonts packages kernels kernels-assess kernels-solver kernels-lives lock clean

setup: .venv/.ready

.venv/.ready: pyproject.toml locks/dev.txt
	@$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || { echo "python3-venv is missing"; [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip install --quiet --compile-bytecode --require-hashes -r locks/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

fonts: ; @sh tools/system_packages.sh fonts

check: setup
	@$(BIN)/ruff format --check --quiet src tests tools docs/conf.py
	@$(BIN)/ruff check --quiet src tests tools docs/conf.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/pelvicrt evidence check

# The checks use one core for a minute; meanwhile packages are fetched and the other core compiles what tests would wait for.
test: setup
	@$(MAKE) --no-print-directory -j3 packages check kernels
	@$(BIN)/python -m pytest -n 2

packages: ; @sh tools/system_packages.sh fonts browser dicom database

kernels: kernels-assess kernels-solver kernels-lives
kernels-assess: setup ; @$(BIN)/pelvicrt assess $(CASE) --draws 100 > /dev/null
kernels-solver: setup ; @$(BIN)/pelvicrt simulate $(MODEL) --draws 100 --patients 5 --engine solver > /dev/null
kernels-lives: setup ; @$(BIN)/pelvicrt simulate $(MODEL) --draws 100 --patients 5 --engine montecarlo > /dev/null

demo: setup fonts
	@mkdir -p $(OUT)
	@$(BIN)/pelvicrt assess $(CASE)
	@for lang in en zh; do \
	  $(BIN)/pelvicrt assess $(CASE) --format html --lang $$lang -o $(OUT)/report-$$lang.html && \
	  $(BIN)/pelvicrt assess $(CASE) --format pdf --lang $$lang -o $(OUT)/report-$$lang.pdf || exit $$?; done
	@echo "Written: $(OUT)/report-en.html, $(OUT)/report-zh.html and the same as PDF. Open them in a browser."

bench: setup
	@$(BIN)/pelvicrt bench

docs: setup
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip install --quiet --require-hashes -r locks/docs.txt
	@$(BIN)/python tools/decision_table.py
	@$(BIN)/sphinx-build -W -q -b html docs build/docs
	@echo "Written: build/docs/index.html"

lock:
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip compile --quiet pyproject.toml --generate-hashes --universal -p 3.11 --no-header --no-annotate -o locks/run.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip compile --quiet pyproject.toml --group dev --generate-hashes --universal -p 3.11 --no-header --no-annotate -o locks/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --system-certs pip compile --quiet pyproject.toml --group docs --generate-hashes --universal -p 3.11 --no-header --no-annotate -o locks/docs.txt

clean:
	rm -rf .venv build dist
