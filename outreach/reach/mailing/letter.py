"""Writes the e-mail that brings a report: neutral, short, with the link and perhaps the PDF."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Document
from outreach.reach.document.words import said
from outreach.reach.rendering.forms import FORMS


def letter(
    document: Document,
    language: str,
    *,
    sender: str,
    reader: str,
    address: str,
    days: int,
    at: datetime,
    message_id: str,
    with_pdf: bool,
) -> EmailMessage:
    """The message to one reader. The same mailing has the same `message_id`, by which servers know
    a copy."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{document.title[language]}, {document.period[language]}"
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=reader)
    message["Message-ID"] = message_id
    message["Date"] = at
    message["Auto-Submitted"] = "auto-generated"
    lines = (
        said(_("The report of {period} is here:"), period=document.period),
        {language: address},
        said(_("The link opens for {days} days. It is yours: do not pass it on."), days=days),
        document.notices[-1],
    )
    message.set_content("\n\n".join(line[language] for line in lines) + "\n", cte="base64")
    if with_pdf:
        form = FORMS["pdf"]
        main, _slash, kind = form.media_type.partition("/")
        name = f"reach-{document.since:%Y-%m}-{language}.pdf" if document.since else "reach.pdf"
        content = form.render(document, language)
        message.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return message
