"""The rules a new practice starts with: common trade practice, and no claim about any insurer.

Plain rows, exactly as the policy workbook holds them, for the practice to read and change. Every
threshold and every order of rules is here or in the practice's own workbook, nowhere in the code.
"""

from __future__ import annotations

from typing import Final

Row = tuple[object, ...]

ANY: Final = "-"
OPEN: Final = "not Paid, Paid unposted, Closed"
WAITING: Final = "Submitted, Resubmitted, Received, Pending, Held primary, Appealed"
NOBODY: Final = "-"
CONTACT: Final = "named contact"
TEAM: Final = "billing team"
STOP, URGENT, ROUTINE = "1 Stop first", "2 Urgent", "3 Routine"


def _claim(rule: str, step: str, says: Row, **when: str) -> Row:
    """One claim rule; `says` is action, owner, due and reason, and conditions not named accept everything."""
    order = ("hold", "status", "missing", "deadline", "route", "amount", "first", "chase", "chased")
    return (rule, "yes", step, *(when.get(name, ANY) for name in order), *says, None, None, None)


def _decided(rule: str, routes: str, says: Row, **when: str) -> Row:
    return _claim(rule, ROUTINE, says, status="Denied, Paid short", missing="no", route=routes, **when)


CLAIM_RULES: Final = (
    _claim("CF-01", STOP, ("Hold", CONTACT, 5, "On hold: step back until the practice answers."), hold="claim too"),
    _claim(
        "CF-02",
        STOP,
        ("None", NOBODY, None, "The claim is closed; nothing is left to do."),
        hold="no, patient contact",
        status="Closed",
    ),
    _claim(
        "CF-03",
        URGENT,
        (
            "Refer to practice",
            CONTACT,
            1,
            "The last day for this claim has passed. Look for proof that it was sent in time. Nothing moves to the patient.",
        ),
        status=OPEN,
        deadline="-1 or less",
    ),
    _claim(
        "CF-04",
        ROUTINE,
        ("Ask the practice", CONTACT, 3, "Details are missing that the insurer needs for this claim."),
        status=OPEN,
        missing="yes",
    ),
    _claim(
        "CF-05",
        ROUTINE,
        (
            "Ask the practice to complete or release",
            CONTACT,
            3,
            "The claim is still a draft: the practice completes it or says that it may go.",
        ),
        status="Draft",
        missing="no",
    ),
    _claim(
        "CF-06",
        ROUTINE,
        ("Ask the practice to release", CONTACT, 5, "The practice holds this claim back: may it go?"),
        status="Held",
        missing="no",
    ),
    _claim(
        "CF-07",
        ROUTINE,
        ("Send claim", TEAM, 1, "The claim is complete and has not been sent."),
        status="Ready",
        missing="no",
    ),
    _claim(
        "CF-08",
        ROUTINE,
        (
            "Correct and send as a new claim",
            TEAM,
            2,
            "The claim bounced before the insurer looked at it: correct it and send it as a new claim.",
        ),
        status="Rejected",
        missing="no",
    ),
    _claim(
        "CF-09",
        ROUTINE,
        (
            "Resend with proof of first submission",
            TEAM,
            1,
            "The insurer cannot find the claim: check the numbers, then send it again with proof of the first sending.",
        ),
        status="Not found",
        missing="no",
    ),
    _claim(
        "CF-10",
        ROUTINE,
        (
            "Get what the insurer asked for",
            CONTACT,
            2,
            "The insurer has asked for something and decides nothing until it has it.",
        ),
        status="Info requested",
        missing="no",
    ),
    _claim(
        "CF-11",
        ROUTINE,
        (
            "Ask the practice to post or trace",
            CONTACT,
            3,
            "The insurer says it has paid, but the payment is not in the practice's books.",
        ),
        status="Paid unposted",
    ),
    _claim(
        "CF-12",
        ROUTINE,
        (
            "Check second cover, then patient's part",
            TEAM,
            3,
            "The insurer has paid: bill a second cover if there is one, then see what is left for the patient.",
        ),
        status="Paid",
    ),
    _decided(
        "CF-13",
        "documents, data",
        (
            "Correct and send a replacement",
            TEAM,
            3,
            "{Status} for missing {Denial route}: correct it and send a replacement with the insurer's claim number.",
        ),
    ),
    _decided(
        "CF-14",
        "clinical",
        ("Ask the clinician", CONTACT, 3, "{Status} on clinical grounds: only the clinician can answer."),
    ),
    _decided(
        "CF-15",
        "not covered, not separately payable, none given",
        (
            "Prepare appeal for approval",
            TEAM,
            5,
            "{Status}, reason {Denial route}, {Amount outstanding} open: prepare an appeal for the practice to approve.",
        ),
        amount="100 or more",
    ),
    _decided(
        "CF-16",
        "not covered, not separately payable, none given",
        (
            "Refer to practice for decision",
            CONTACT,
            5,
            "{Status}, reason {Denial route}: the practice decides what happens with {Amount outstanding}.",
        ),
        amount="under 100",
    ),
    _claim(
        "CF-17",
        ROUTINE,
        ("Wait", TEAM, None, "The first check is not due yet."),
        status=WAITING,
        missing="no",
        first="under 0",
    ),
    _claim(
        "CF-18",
        ROUTINE,
        ("Wait", TEAM, None, "Somebody asked the insurer lately; the next call is not due yet."),
        status=WAITING,
        missing="no",
        first="0 or more",
        chase="under 0",
    ),
    _claim(
        "CF-19",
        ROUTINE,
        (
            "Call insurer",
            TEAM,
            2,
            "{Status}: no decision yet, and the day for a call has come. Where a second cover waits, call the first insurer.",
        ),
        status=WAITING,
        missing="no",
        first="0 or more",
        chase="0 or more or none yet",
        # A list without this count still gets its calls; who is called changes only on a count that is known.
        chased="0 to 2 or blank",
    ),
    _claim(
        "CF-20",
        ROUTINE,
        (
            "Call insurer's supervisor",
            "team lead",
            1,
            "{Status} and chased {Times chased} times without a decision: ask for a supervisor.",
        ),
        status=WAITING,
        missing="no",
        first="0 or more",
        chase="0 or more or none yet",
        chased="3 or more",
    ),
)


def _balance(rule: str, step: str, says: Row, **when: str) -> Row:
    """One balance rule; `says` is action, owner, due and reason, and conditions not named accept everything."""
    order = ("hold", "due", "above", "guard", "plan", "sent", "last")
    return (rule, "yes", step, *(when.get(name, ANY) for name in order), *says, None, None, None)


BALANCE_RULES: Final = (
    _balance(
        "PB-01",
        STOP,
        ("Hold and tell the practice", CONTACT, 1, "On hold: step back. The practice takes this account over."),
        hold="yes",
    ),
    _balance(
        "PB-02",
        STOP,
        (
            "Ask the practice",
            CONTACT,
            5,
            "The account stands at {Patient due}, a credit. This is the patient's money: what shall happen with it?",
        ),
        hold="no",
        due="under 0",
    ),
    _balance(
        "PB-03",
        STOP,
        ("None", NOBODY, None, "The patient owes nothing, or less than the smallest balance that is followed up."),
        hold="no",
        due="0 or more",
        above="no",
    ),
    _balance(
        "PB-04",
        URGENT,
        ("Wait", TEAM, None, "No statement for now: {Statement guard}."),
        guard="insurance pending, family claim open, answer awaited, unapplied credit, late denial, payments not posted",
    ),
    _balance(
        "PB-05",
        URGENT,
        ("None", NOBODY, None, "A payment plan is running and on track."),
        guard="none",
        plan="On track",
    ),
    _balance(
        "PB-06",
        URGENT,
        ("Ask the practice", CONTACT, 2, "A payment of the plan was missed: how does the practice want to go on?"),
        guard="none",
        plan="Missed",
    ),
    _balance(
        "PB-07",
        ROUTINE,
        ("Send first statement", TEAM, 1, "{Patient due} is the patient's part and no statement has gone out yet."),
        guard="none",
        plan="None",
        sent="0",
        last="none yet",
    ),
    _balance(
        "PB-08",
        ROUTINE,
        ("Wait", TEAM, None, "The last statement went out {Days since last statement} days ago."),
        guard="none",
        plan="None",
        sent="1 or more",
        last="up to 29",
    ),
    _balance(
        "PB-09",
        ROUTINE,
        (
            "Send second statement",
            TEAM,
            2,
            "The first statement went out {Days since last statement} days ago and {Patient due} is still open.",
        ),
        guard="none",
        plan="None",
        sent="1",
        last="30 or more",
    ),
    _balance(
        "PB-10",
        ROUTINE,
        (
            "Send third statement and call",
            TEAM,
            2,
            "The second statement went out {Days since last statement} days ago and {Patient due} is still open.",
        ),
        guard="none",
        plan="None",
        sent="2",
        last="30 or more",
    ),
    _balance(
        "PB-11",
        ROUTINE,
        (
            "Refer to practice for decision",
            CONTACT,
            3,
            "{Statements sent} statements have gone out and {Patient due} is still open: the practice decides how to go on.",
        ),
        guard="none",
        plan="None",
        sent="3 or more",
        last="30 or more",
    ),
    _balance(
        "PB-12",
        ROUTINE,
        ("Ask the practice", CONTACT, 3, "Statements have gone out, but the date of the last one is not known."),
        guard="none",
        plan="None",
        sent="1 or more",
        last="none yet",
    ),
    _balance(
        "PB-13",
        ROUTINE,
        (
            "Ask the practice",
            CONTACT,
            3,
            "The list counts no statement, yet it has the date of one: which of the two is right?",
        ),
        guard="none",
        plan="None",
        sent="0",
        last="not none yet",
    ),
)


def _escalation(rule: str, level: int, priority: str, **when: str) -> Row:
    """One escalation rule; conditions not named accept everything."""
    order = ("deadline", "chased", "overdue", "open", "amount")
    return (rule, "yes", "1", *(when.get(name, ANY) for name in order), level, priority, None, None, when.get("note"))


# One step, no two rules for one case, and rising: the level and the priority never fall as times
# chased, days or amount grow or the deadline comes nearer. A deadline that is unknown counts as near.
LATER: Final = "6 or more or none stated or blank"
FAR: Final = "15 or more or none stated"
LITTLE_LATE: Final = "up to 4 or blank"
FEW_TIMES: Final = "0 to 5 or blank"
ESCALATION_RULES: Final = (
    _escalation("ES-01", 3, "Urgent", overdue="10 or more", note="Two weeks past By when: the owner is told."),
    _escalation("ES-02", 2, "Urgent", deadline="up to 5", overdue="5 to 9"),
    _escalation("ES-03", 2, "High", deadline=LATER, overdue="5 to 9"),
    _escalation("ES-04", 2, "Urgent", deadline="up to 5", overdue=LITTLE_LATE, note="The last days before a deadline."),
    _escalation("ES-05", 2, "High", deadline=LATER, overdue=LITTLE_LATE, chased="6 or more"),
    _escalation("ES-06", 2, "High", deadline=LATER, overdue=LITTLE_LATE, chased=FEW_TIMES, open="61 or more"),
    _escalation(
        "ES-07",
        2,
        "High",
        deadline=LATER,
        overdue=LITTLE_LATE,
        chased=FEW_TIMES,
        open="1 to 60",
        amount="1,000 or more",
    ),
    _escalation(
        "ES-08",
        1,
        "High",
        deadline=LATER,
        overdue=LITTLE_LATE,
        chased=FEW_TIMES,
        open="1 to 60",
        amount="under 1,000 or blank",
    ),
    _escalation(
        "ES-09",
        1,
        "High",
        deadline="6 to 14 or blank",
        overdue=LITTLE_LATE,
        chased=FEW_TIMES,
        open="up to 0 or blank",
    ),
    _escalation("ES-10", 1, "Normal", deadline=FAR, overdue="1 to 4", chased=FEW_TIMES, open="up to 0 or blank"),
    _escalation(
        "ES-11", 1, "Normal", deadline=FAR, overdue="up to 0 or blank", chased="3 to 5", open="up to 0 or blank"
    ),
    _escalation(
        "ES-12",
        0,
        "Normal",
        deadline=FAR,
        overdue="up to 0 or blank",
        chased="0 to 2 or blank",
        open="up to 0 or blank",
    ),
)
