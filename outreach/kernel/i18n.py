"""Says the pages' messages in the reader's language, from the catalogs in `locales/`.

The `.po` files are the only form kept; they are compiled in memory when first asked for.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from outreach.kernel.errors import Unavailable

LOCALES = Path(__file__).resolve().parents[2] / "locales"
DOMAIN = "outreach"
# The languages of the pages; the first is the default.
LANGUAGES = ("km", "en")


def mark(message: str) -> str:
    """Marks a message for the catalogs (imported as `_`); it is translated when it is shown."""
    return message


def catalog_path(language: str) -> Path:
    """Where the catalog of a language lies."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@lru_cache
def translations(language: str) -> gettext.NullTranslations:
    """The messages of `language`; raises Unavailable where there is no such catalog."""
    path = catalog_path(language)
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    except FileNotFoundError as error:
        raise Unavailable(
            "There is no catalog of messages.", where=str(path), remedy="Run scripts/i18n."
        ) from error
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def chosen(asked: str | None, kept: str | None, accepted: str) -> str:
    """The language of a page: as just `asked` for, else as `kept` from before, else the first of
    an Accept-Language header that we have, else Khmer.

    >>> chosen(None, None, "fr, en;q=0.8")
    'en'
    """
    for language in (asked, kept, *_accepted(accepted)):
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def _accepted(header: str) -> Sequence[str]:
    weighted = []
    for position, item in enumerate(header.split(",")):
        tag, _, weight = item.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), position, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, _, tag in sorted(weighted)]
