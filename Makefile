# Short names for what a developer does; each line works on a fresh clone.
.PHONY: tutorial test lint bench docs release

tutorial test lint bench docs: .venv/bin/fluxbridge

.venv/bin/fluxbridge: pyproject.toml
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test,lint]'
	touch $@

tutorial:
	.venv/bin/fluxbridge tutorial

test:
	.venv/bin/pytest

lint:
	.venv/bin/ruff check --fix . && .venv/bin/ruff format . && .venv/bin/mypy

docs:
	.venv/bin/pip install -q -e '.[docs]' && .venv/bin/sphinx-build -q -W --keep-going -c docs . build/site -d build/doctrees

bench:
	.venv/bin/pip install -q '.[bench]' && .venv/bin/python -m benchmarks

# Everything of docs/releasing.md that does not leave this machine: make release VERSION=0.1.0
release: lint test
	.venv/bin/python tools/release.py $(VERSION)
	.venv/bin/pip install -q build twine && rm -rf dist && .venv/bin/python -m build && .venv/bin/twine check --strict dist/*
	for made in dist/*; do rm -rf build/fresh && python3 -m venv build/fresh && build/fresh/bin/pip install -q $$made && build/fresh/bin/fluxbridge tutorial; done
