"""What a practice settles before anyone calls a patient, and the measures it may watch.

The answers are the practice's own; a blank one stays an open question and is never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SettledFirst:
    """One question of the `Agreements` sheet, with an example of an answer for guidance only."""

    key: str
    question: str
    example: str
    choices: tuple[str, ...] = ()


SETTLED_FIRST: Final = (
    SettledFirst(
        "payment_methods",
        "Which ways to pay may we tell patients about?",
        "Card at the desk, the payment link on the statement, bank transfer",
    ),
    SettledFirst(
        "payment_plans",
        "May a patient pay in instalments, and over how many months at most?",
        "Yes, up to 6 months, no charge",
    ),
    SettledFirst("smallest_instalment", "What is the smallest instalment?", "25.00 a month"),
    SettledFirst("discounts", "May we ever offer a discount?", "no", ("yes", "no")),
    SettledFirst(
        "when_to_pause",
        "When must we stop and hand over to you at once?",
        "Any complaint, dispute, illness, death in the family, or somebody who cannot pay",
    ),
    SettledFirst(
        "may_say",
        "What may we tell a patient about a balance?",
        "Dates, amounts, what the insurer paid, how to pay",
    ),
    SettledFirst(
        "may_not_say",
        "What may we not talk about with a patient?",
        "Whether treatment was needed, other family members, any threat",
    ),
    SettledFirst(
        "who_else",
        "With whom besides the patient may we talk about a balance?",
        "The person who pays the account; parents of a child under 16",
    ),
    SettledFirst(
        "channels",
        "How do statements go out, and when may we call?",
        "Email, else post; calls on weekdays from 10 to 5, one a week at most",
    ),
    SettledFirst(
        "after_last_statement",
        "Who decides what happens after the third statement?",
        "The practice owner, case by case",
    ),
    SettledFirst(
        "collections_boundary",
        "Where does our work end and your own decision about unpaid accounts begin?",
        "We never pass an account to anybody; we only bring it to you",
    ),
    SettledFirst(
        "who_approves",
        "Who approves an appeal before it goes to the insurer?",
        "The treating dentist, through the contact",
    ),
)
BY_QUESTION: Final = {settled.question: settled for settled in SETTLED_FIRST}

MEASURES: Final = (
    ("Open claims by age", "Claims not decided yet, by days since they were first sent, with their amounts."),
    ("Open questions by age", "Questions to the practice, by days since they were first asked."),
    ("Repeat follow-ups", "Claims and questions that needed a third contact or more."),
    ("Claims sent complete", "Claims that were not returned or asked about after sending."),
    ("Complaints", "Complaints and disputes noted this week."),
    ("Money by age", "What insurers and patients still owe, by age."),
    ("Time to answer", "Days from a question to your answer."),
)
