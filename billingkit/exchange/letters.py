"""The week's message to the named contact as files: plain text, and an e-mail draft that opens unsent."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from billingkit.decisions.message import Message, urgent_message, weekly_message
from billingkit.exchange.filing import file_name, put

if TYPE_CHECKING:
    from billingkit.decided import Review


def write_letters(review: Review, out_dir: Path) -> tuple[Path, ...]:
    """Write the weekly message, and the urgent one where something cannot wait; both without patients' details.

    Raises:
        OSError: the folder cannot be written to.
    """
    urgent = urgent_message(review)
    told = [("message", weekly_message(review)), *([("urgent message", urgent)] if urgent else [])]
    return tuple(path for what, message in told for path in _write(review, out_dir, what, message))


def draft(message: Message) -> bytes:
    """The message as an e-mail draft: mail programs open it ready to be read once more and sent."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = message.subject
    if message.to_email:
        mail["To"] = message.to_email
    mail["X-Unsent"] = "1"
    if message.urgent:
        mail["Importance"] = "high"
    mail.set_content(message.text, cte="8bit")
    return mail.as_bytes()


def _write(review: Review, out_dir: Path, what: str, message: Message) -> tuple[Path, Path]:
    text = f"{message.subject}\n\n{message.text}\n".encode()
    return (
        put(text, out_dir / file_name(review, what, ".txt")),
        put(draft(message), out_dir / file_name(review, what, ".eml")),
    )
