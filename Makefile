# Three commands set everything up on a machine that has only Python 3.11 and make:
#   make demo   environment, a demo store, served on this machine, address and log-ins printed
#   make lab    the same store in JupyterLab, for its founder
#   make test   the same environment, a browser if one can be had, every check and every test
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
ORACLES := .oracles
PORT ?= 8866
LAB_PORT ?= 8867

.PHONY: demo lab test lint browser bench clean

demo: $(VENV)/.ready
	$(BIN)/ecomos demo --port $(PORT)

lab: $(VENV)/.ready-lab
	$(BIN)/ecomos lab --demo --port $(LAB_PORT)

test: $(VENV)/.ready-test $(ORACLES)/.ready browser lint
	$(BIN)/python -m pytest -n 3 --dist loadfile -m 'not alone' --durations=25
	$(BIN)/python -m pytest -m alone

lint: $(VENV)/.ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	git ls-files '*.ipynb' | xargs -r $(BIN)/nbstripout --verify
	$(BIN)/ecomos check --playbook ecomos/starter/playbook

bench: $(VENV)/.ready-test $(ORACLES)/.ready
	$(BIN)/python -m bench

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.ready: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.ready-lab: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab]'
	touch $(VENV)/.ready $@

$(VENV)/.ready-test: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $(VENV)/.ready $@

# stockpyl, by which the inventory formulas are checked: it brings packages that slow every start of Python, so it lives
# apart.
$(ORACLES)/.ready: constraints.txt
	$(PYTHON) -m venv $(ORACLES)
	$(ORACLES)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt stockpyl
	touch $@

# Chromium for the browser tests: taken from apt where we may, otherwise those tests say that they were skipped
# (with CI=true a missing browser is a failure).
browser:
	@command -v chromium >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	  && apt-get -q update && apt-get -q install -y chromium; } || echo "no chromium: browser tests will be skipped"
	@command -v sqlite3 >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	  && apt-get -q update && apt-get -q install -y sqlite3; } || echo "no sqlite3 program: the import bench is skipped"

clean:
	rm -rf $(VENV) $(ORACLES) build dist *.egg-info
