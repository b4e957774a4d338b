# Python
.venv/
__pycache__/
*.egg-info/
.ipynb_checkpoints/
.ruff_cache/
<%_ if (level >= 1) { _%>
.mypy_cache/
.pytest_cache/
.coverage
build/
dist/
<%_ } _%>

# What a run writes: models are handed over or registered, never committed
model/
outputs/
*.pkl
<%_ if (level >= 2) { _%>
mlruns/
mlruns.db
<%_ } _%>
<%_ if (level >= 1) { _%>

# Gathered data belongs in the datastore
data/gathered/
<%_ } _%>

# Rows never enter git: data/README.md says where they come from
data/raw/*
<%_ if (example) { _%>
!data/raw/penguins.csv
<%_ } _%>

# Values of one machine, and secrets
.env
.azure/
.DS_Store
