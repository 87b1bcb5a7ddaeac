"""Column types that keep the same value on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from p2a.store.text import storable_json, storable_text

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""A counted primary key: SQLite counts only a column of type INTEGER, which holds 64 bits there."""


class CleanText(TypeDecorator[str]):
    """Text whose NUL characters and lone surrogates are replaced on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what the database would refuse."""
        return None if value is None else storable_text(value)


class CleanJson(TypeDecorator[Any]):
    """JSON whose texts are cleaned like `CleanText`."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Replace what the database would refuse."""
        return storable_json(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC; SQLite itself knows no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the time into UTC.

        Raises:
            ValueError: the time is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
