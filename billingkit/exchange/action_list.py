"""`Action list` and `Holds`: everything that waits for the practice, one line and one answer each."""

from __future__ import annotations

from billingkit.decided import Hold, Question, Review
from billingkit.exchange.listing import DATE_WIDTH, Field, Line, Listing, answer_fields
from billingkit.exchange.wording import PRIORITY_RANK, count, hold_label

ACTION_LIST = "Action list"
HOLDS = "Holds"
# What a hold may be answered with: only the practice's own "resume" lifts it.
HOLD_ANSWERS = ("resume", "do not chase", "will check by", "practice decides")


def sorted_questions(review: Review) -> tuple[Question, ...]:
    """The questions, urgent and early ones first and like beside like; the same order every time."""
    return tuple(sorted(review.listed, key=_place))


def _place(one: Question) -> tuple[object, ...]:
    amount = one.amount if one.amount is not None else 0
    # What the practice agrees once can wait for what is asked about a claim.
    return PRIORITY_RANK[one.priority], one.by_when, one.subject == "practice", one.code, -amount, one.ref


def action_list(review: Review) -> Listing:
    """One row per question or decision for the practice."""
    fields = (
        Field("Ref", 13, "ref"),
        Field("Priority", 8.5),
        Field("By when", DATE_WIDTH, "date"),
        Field("Why that date", 10.5),
        Field("What we need", 27),
        Field("About", 23),
        Field("Why", 24),
        Field("Who provides it", 16),
        Field("Waiting since", DATE_WIDTH, "date"),
        Field("Times asked", 7, "count"),
        *answer_fields(),
    )
    questions = sorted_questions(review)
    said: tuple[str, ...] = (
        f"{count(len(questions), 'question')}, urgent first. Please fill in the yellow cells.",
        'Choose an Answer; give a Value for "supplied" and a date under Until for "will check by".',
        'Please leave "Ref" as it is: it is how your answer finds its question.',
    )
    if not questions:
        said = ("Nothing waits for your answer this week.",)
    return Listing(
        ACTION_LIST,
        "Action list: what we need from you",
        said,
        fields,
        tuple(_question(one) for one in questions),
    )


def _question(one: Question) -> Line:
    who = one.provides_name or one.provides
    if one.escalate_to and one.escalate_to != who:
        who = f"{who}; now also with {one.escalate_to}"
    values = (
        one.ref,
        one.priority,
        one.by_when,
        one.by_when_why,
        one.need,
        one.about,
        _why(one),
        who,
        one.waiting_since,
        one.times_asked,
    )
    return Line((*values, *(None,) * 6), one.priority, one.answers, one.value_kind)


def _why(one: Question) -> str:
    parts = [one.why]
    if one.held_reason:
        parts.insert(0, f"Asked again, because {one.held_reason}")
    if one.cells:
        shown = ", ".join(one.cells[:3]) + (f" and {len(one.cells) - 3} more" if len(one.cells) > 3 else "")
        parts.append(f"See {shown}.")
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def holds(review: Review) -> Listing:
    """Everybody we leave alone until the practice says otherwise; never why somebody is vulnerable."""
    fields = (
        Field("Ref", 13, "ref"),
        Field("On hold because", 22),
        Field("About", 26),
        Field("On hold since", DATE_WIDTH, "date"),
        Field("What stops", 20),
        Field("Who may lift it", 18),
        Field("Review by", DATE_WIDTH, "date"),
        Field("Note", 26),
        *answer_fields(),
    )
    kept = sorted(review.holds, key=lambda one: (not one.new, one.review_by, one.ref))
    new = sum(one.new for one in kept)
    said: tuple[str, ...] = (
        f"{count(len(kept), 'hold')}, {new} of them new this week (listed first).",
        'We contact none of these patients until you choose "resume".',
        'A hold stays until you lift it here, also when the note or flag has gone. "Until": when to ask you again.',
    )
    if not kept:
        said = ("Nobody is on hold.",)
    return Listing(HOLDS, "Holds: where we have stepped back", said, fields, tuple(map(_hold, kept)))


def _hold(one: Hold) -> Line:
    stops = "patient contact and the claim" if one.stops == "claim too" else "contact with the patient"
    because = hold_label(one.category) + ("; said anew since you lifted it" if one.again else "")
    values = (one.ref, because, one.about, one.since, stops, one.may_lift, one.review_by, one.note or None)
    return Line((*values, *(None,) * 6), "Normal", HOLD_ANSWERS, "text")
