"""Workers apart from the web are PostgreSQL's alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine


@pytest.fixture
def database(postgres_database: Engine) -> Engine:
    return postgres_database


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url
