# Short names for what a developer does; each line works on a fresh clone.
.PHONY: tutorial test lint bench

tutorial test lint bench: .venv/bin/fluxbridge

.venv/bin/fluxbridge: pyproject.toml
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test,lint]'
	touch $@

tutorial:
	.venv/bin/fluxbridge tutorial

test:
	.venv/bin/pytest

lint:
	.venv/bin/ruff check --fix . && .venv/bin/ruff format . && .venv/bin/mypy

bench:
	.venv/bin/pip install -q '.[bench]' && .venv/bin/python -m benchmarks
