"""The week's message opens unsent in any mail program, and names no patient."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from exchange import reviews

from billingkit.exchange.letters import draft, write_letters


def made(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    return {path.name: path for path in write_letters(reviews.review(tmp_path), out)}


def test_the_message_is_there_as_text_and_as_a_draft(tmp_path):
    files = made(tmp_path)
    assert {path.suffix for path in files.values()} == {".txt", ".eml"}
    for name, path in files.items():
        if path.suffix == ".eml":
            mail = message_from_bytes(path.read_bytes(), policy=default)
            assert mail["X-Unsent"] == "1"
            text = files[name.removesuffix(".eml") + ".txt"].read_text(encoding="utf-8")
            assert mail["Subject"] == text.splitlines()[0]
            assert mail.get_content().strip().splitlines() == text.strip().splitlines()[2:]


def test_no_patient_is_named_in_it(tmp_path):
    review = reviews.review(tmp_path)
    names = {
        part for name in review.week.claims["patient_name"].drop_nulls() for part in name.replace(",", " ").split()
    }
    told = b"".join(path.read_bytes() for path in made(tmp_path).values()).decode()
    assert [name for name in names if len(name) > 3 and name in told] == []


def test_the_same_week_makes_the_same_draft(tmp_path):
    from billingkit.decisions.message import weekly_message

    assert draft(weekly_message(reviews.review(tmp_path))) == draft(weekly_message(reviews.review(tmp_path)))
