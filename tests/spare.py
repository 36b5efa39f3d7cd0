"""One database of PostgreSQL for all tests: emptied after each, and made anew where one changed its
schema. A copy of the template costs 0.4 s; emptying costs a twentieth of that."""

from __future__ import annotations

from scripts.postgres import maintain, own, with_database

# Every table that has rows, but for what the migrations wrote; then each sequence that was used.
_EMPTY = """
DO $$
DECLARE
    one record;
    filled boolean;
    names text[] := '{}';
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'jobs')
        AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', one.name) INTO filled;
        IF filled THEN
            names := names || one.name::text;
        END IF;
    END LOOP;
    IF names <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' CASCADE';
    END IF;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace::regnamespace::text IN ('public', 'jobs')
        AND CASE relkind WHEN 'S' THEN pg_sequence_last_value(oid) END IS NOT NULL
    LOOP
        EXECUTE format('ALTER SEQUENCE %s RESTART', one.name);
    END LOOP;
END $$
"""
# Whatever a test adds, removes or replaces has another number; what it alters has another row.
_SCHEMA = """
SELECT (SELECT sum(hashoid(oid)) FROM pg_class WHERE relkind <> 't'),
    (SELECT sum(hashtext(attname || atttypid || attnotnull)) FROM pg_attribute
        WHERE attrelid >= 16384),
    (SELECT sum(hashoid(oid)) FROM pg_constraint),
    (SELECT sum(hashoid(oid)) FROM pg_trigger),
    (SELECT sum(hashoid(oid)) FROM pg_proc)
"""
_ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Spare:
    """The database, on the server at `server`, as a copy of `template`."""

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._name = own("test")
        self._url = with_database(server, self._name)
        self._schema: tuple[object, ...] | None = None  # None: there is no database

    def make(self) -> str:
        """Its address; it is there and empty."""
        if self._schema is None:
            self.drop()
            maintain(self._server, f"CREATE DATABASE {self._name} TEMPLATE {self._template}")
            self._schema = maintain(self._url, _SCHEMA)
        return self._url

    def empty(self) -> None:
        """Ends whatever is still connected, and takes out what the test left."""
        if maintain(self._url, _ALONE, _EMPTY, _SCHEMA) != self._schema:
            self.drop()

    def drop(self) -> None:
        """Away with it."""
        maintain(self._server, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._schema = None
