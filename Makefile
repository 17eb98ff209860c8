# Desk's four words, the same here and in CI: check, test, demo, bench.
SHELL := /bin/bash
# The distribution's own Python where it fits: it is built with optimisation, and runs Desk half as fast again as one
# built without.
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
	2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard resources/locale/*/LC_MESSAGES/desk.po)

.PHONY: setup system system-tests compiled check test soak test-install demo run bench bundle deb translations clean docs
.DELETE_ON_ERROR:

setup: $(VENV)/.ready $(PO:.po=.mo)

# Debian's packages that the seat and the simulated caller need; says the exact command where it may not install them.
system:
	@bash installer/system-packages.sh seat

# And those that the tests and the benchmark need beside them.
system-tests:
	@bash installer/system-packages.sh all

$(VENV)/.ready: requirements.lock pyproject.toml | system
	@echo "== Python packages into $(VENV) (the first time: two to four minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements.lock \
		| sed -un 's/^Collecting \([^ ]*\).*/   \1/p; s/^Installing collected packages:.*/   installing/p'; \
		exit $${PIPESTATUS[0]}
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

%.mo: %.po | $(VENV)/.ready
	@$(BIN)/python tools/translations.py compile

# As an installed seat is: where Python may not keep bytecode, each process would compile all of Desk at its start.
compiled: setup
	@$(BIN)/python -m compileall -q desk

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/translations.py check

# By file, so that what a file shares (a database, a stage) is made once; three at a time on two cores, for much of it
# waits for a clock; in our own order, the longest files first.
test: system-tests compiled
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

# The robustness suites at full length: 100,000 spoilt messages, 1,000 calls through a proxy, 200 with the headset open;
# 2,000 histories of five seats and their centre; PostgreSQL killed 200 times in the middle of a push; 200 rounds of
# updates, bad versions and power cuts, 60 cuts of fetching and unpacking, 60 of a package's installation (as root), and
# a whole seat brought forward and back; each of the doctor's faults by itself.
soak: system-tests compiled
	DESK_SOAK=1 $(BIN)/python -m pytest tests/robustness tests/sync/faults tests/updating/test_cycles.py \
		tests/updating/test_cut_while_fetching.py tests/installer/test_deb_killed.py \
		tests/end2end/test_update.py tests/compose/test_doctor.py -s -o faulthandler_timeout=0

# DAY=1: a whole day of 300 calls at three seats
demo: compiled
	$(BIN)/desk demo $(if $(DAY),--day)

run: compiled
	$(BIN)/desk

# The real package on bare Debian 12 and 13 systems (debootstrap, as root; ten minutes): installed, a seat registered in
# it, upgraded, removed. Its bundle is built twice, and has to be the same both times.
test-install: TWICE := 1
test-install: system-tests deb
	DESK_INSTALL=1 $(BIN)/python -m pytest tests/installer -o faulthandler_timeout=0

# The manual, into build/site: its keys and pictures made anew from the window, its commands followed as they stand.
docs: system-tests compiled
	rm -rf build/manual
	$(BIN)/python -m tools.manual.keys build/manual
	$(BIN)/python -m tools.manual.pictures build/manual/pictures
	NO_MKDOCS_2_WARNING=1 DESK_MANUAL=build/manual $(BIN)/mkdocs build --strict
	DESK_DOCS=1 $(BIN)/python -m pytest tests/manual

# ONLY=spine|phone|recording|sync|tickets|seat; figures go to build/bench.json. Those of the bundle and the package are
# measured where they stand (make deb): .ci/nightly comes here when they do.
bench: system-tests compiled
	$(BIN)/python -m tests.bench $(ONLY)

# Desk with its own Python, in one folder: build/bundle/desk, from the last commit. TWICE=1 builds it once more
# elsewhere and compares every file.
bundle: $(VENV)/.ready
	nice $(BIN)/python -m tools.bundle $(if $(TWICE),--twice)

# The package for Debian 12 and 13 (Ubuntu 24.04 by what it declares): build/desk_VERSION_amd64.deb
deb: bundle
	$(BIN)/python -m tools.deb

# After changing a string: collects it into desk.po, where its translation is to be written.
translations: $(VENV)/.ready
	$(BIN)/python tools/translations.py update
	$(BIN)/python tools/translations.py compile

clean:
	rm -rf $(VENV) build dist
