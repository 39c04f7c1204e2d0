"""The guarantees a new practice starts with: what must hold whatever the rules say, in plain words.

A rule that breaks one with "stop" is not used. One with "ask" says a second time what was agreed, apart
from the rules: a rule that says something else is used, and the practice is asked which of the two it means.
Days, amounts and counts that practices set differently are left to the rules.
"""

from __future__ import annotations

from typing import Final

from billingkit.policy.starting import OPEN, WAITING, Row

HEADINGS: Final = ("Table", "When", "Must be", "If not", "Note")
STOP, ASK = "stop", "ask"
CLAIMS: Final = "Claim rules"
BALANCES: Final = "Balance rules"
ESCALATION: Final = "Escalation rules"

PRACTICE: Final = "Owner: named contact or backup contact or practice manager or practice owner"
TEAM: Final = "Owner: billing team or team lead"
NOBODY_SENT: Final = "Action: not Send claim, Correct and send as a new claim, Correct and send a replacement"
NO_CALL: Final = "Action: not Call insurer, Call insurer's supervisor"
NO_STATEMENT: Final = "Action: not Send first statement, Send second statement, Send third statement and call"
FREE: Final = "On hold: no, patient contact"
NOT_LATE: Final = "Days to deadline: 0 or more or none stated"
READY: Final = f"Missing details: no; {NOT_LATE}"
SETTLED: Final = "Denied, Paid short"
DUE: Final = "On hold: no; Patient due: 0 or more; Above minimum: yes"
OWED: Final = f"{DUE}; Statement guard: none; Payment plan: None"


def _step(status: str, action: str, note: str, more: str = "") -> Row:
    """What happens with a claim of a status that lacks nothing and is in time."""
    when = f"{FREE}; Status: {status}; {READY}{more}"
    return (CLAIMS, when, f"Action: {action}", ASK, note)


STOPPED_CLAIMS: Final = (
    (CLAIMS, "On hold: claim too", "Action: Hold", STOP, "On hold means that nobody is contacted about the claim."),
    (CLAIMS, FREE, "Action: not Hold", STOP, "A claim rests only where the practice said so."),
    (
        CLAIMS,
        f"{FREE}; Status: {OPEN}; Days to deadline: -1 or less",
        "Action: Refer to practice or Refer to practice for decision or Ask the practice",
        STOP,
        "A missed deadline always goes to the practice, never to the patient.",
    ),
    (
        CLAIMS,
        f"{FREE}; Status: {OPEN}; Missing details: yes; {NOT_LATE}",
        "Action: Ask the practice or Ask the practice to complete or release or Refer to practice for decision",
        STOP,
        "Nothing goes to an insurer with details missing.",
    ),
    (CLAIMS, "Status: Closed", "Action: None or Hold", STOP, "A closed claim is left alone."),
    (
        CLAIMS,
        "Status: Draft, Held",
        NOBODY_SENT,
        STOP,
        "What the practice holds back goes out only when the practice says so.",
    ),
    (
        CLAIMS,
        f"Status: {SETTLED}; Denial route: clinical; Missing details: no",
        "Action: Ask the clinician or Hold or Refer to practice or Refer to practice for decision or Ask the practice",
        STOP,
        "Clinical questions are answered by the clinician alone.",
    ),
    (
        CLAIMS,
        f"{FREE}; Status: {WAITING}; Days past first check: under 0; {READY}",
        "Action: Wait",
        STOP,
        "Nobody calls before the agreed first check.",
    ),
    (
        CLAIMS,
        f"{FREE}; Status: {WAITING}; Days past chase interval: under 0; {READY}",
        "Action: Wait",
        STOP,
        "Nobody calls again before the agreed interval is over.",
    ),
    (CLAIMS, f"Status: {WAITING}", "Action: not None", STOP, "A claim that waits for an insurer is never put away."),
    (CLAIMS, f"Status: not {WAITING}", NO_CALL, STOP, "Only a claim that waits for an insurer is chased."),
    (
        CLAIMS,
        f"Status: not Paid, Paid unposted, Closed, {WAITING}",
        "Action: not None, Wait",
        STOP,
        "A claim that somebody here must move is never left lying.",
    ),
    (CLAIMS, "Status: Paid, Paid unposted, Closed", NOBODY_SENT, STOP, "What is paid or closed is not sent again."),
    (
        CLAIMS,
        "Action: not None, Wait, Hold",
        "Due in (working days): not blank",
        STOP,
        "Whatever is to be done has a last day.",
    ),
)
# The amount from which a practice appeals, and how often it calls before a supervisor, are its own: only
# what lies far from any such limit is held against the rules.
ASKED_CLAIMS: Final = (
    (
        CLAIMS,
        f"{FREE}; Status: {OPEN}; Days to deadline: -1 or less",
        "Action: Refer to practice",
        ASK,
        "After the last day the practice looks for proof that the claim was sent in time.",
    ),
    (
        CLAIMS,
        f"{FREE}; Status: {OPEN}; Missing details: yes; {NOT_LATE}",
        "Action: Ask the practice",
        ASK,
        "The practice supplies what is missing.",
    ),
    _step("Draft", "Ask the practice to complete or release", "A draft goes back to whoever began it."),
    _step("Held", "Ask the practice to release", "The practice says when a held claim may go."),
    _step("Ready", "Send claim", "A claim that is ready goes out."),
    _step("Rejected", "Correct and send as a new claim", "A claim that bounced is corrected and sent."),
    _step("Not found", "Resend with proof of first submission", "A claim that got lost is sent again with proof."),
    _step("Info requested", "Get what the insurer asked for", "The insurer waits for something: it is fetched."),
    (
        CLAIMS,
        f"{FREE}; Status: Paid unposted",
        "Action: Ask the practice to post or trace",
        ASK,
        "A payment that is not in the books is looked for.",
    ),
    (
        CLAIMS,
        f"{FREE}; Status: Paid",
        "Action: Check second cover, then patient's part",
        ASK,
        "After a payment comes the second cover, then the patient's part.",
    ),
    _step(
        SETTLED,
        "Correct and send a replacement",
        "What was missing or wrong is put right.",
        "; Denial route: documents, data",
    ),
    _step(SETTLED, "Ask the clinician", "Clinical questions go to the clinician.", "; Denial route: clinical"),
    _step(
        SETTLED,
        "Prepare appeal for approval or Refer to practice for decision",
        "Other denials are appealed, or the practice decides.",
        "; Denial route: not covered, not separately payable, none given",
    ),
    _step(
        SETTLED,
        "Prepare appeal for approval",
        "A large amount is worth an appeal.",
        "; Denial route: not covered, not separately payable, none given; Amount outstanding: 1,000 or more",
    ),
    _step(
        SETTLED,
        "Refer to practice for decision",
        "Nobody appeals for a very small amount.",
        "; Denial route: not covered, not separately payable, none given; Amount outstanding: under 10",
    ),
    _step(
        WAITING,
        "Call insurer",
        "The first call is an ordinary one.",
        "; Days past first check: 0 or more; Days past chase interval: 0 or more or none yet; Times chased: 0",
    ),
    _step(
        WAITING,
        "Call insurer's supervisor",
        "After many calls a supervisor is asked for.",
        "; Days past first check: 0 or more; Days past chase interval: 0 or more or none yet; Times chased: 10 or more",
    ),
    (
        CLAIMS,
        (
            "Action: Ask the practice, Ask the practice to complete or release, Ask the practice to release, "
            "Ask the practice to post or trace, Ask the clinician, Get what the insurer asked for, Refer to practice, "
            "Refer to practice for decision, Hold"
        ),
        PRACTICE,
        ASK,
        "What the practice is asked goes to somebody of the practice.",
    ),
    (
        CLAIMS,
        (
            "Action: Wait, Send claim, Correct and send as a new claim, Correct and send a replacement, "
            "Resend with proof of first submission, Prepare appeal for approval, Call insurer, "
            "Call insurer's supervisor, Check second cover, then patient's part"
        ),
        TEAM,
        ASK,
        "Work with insurers is the billing team's.",
    ),
    (CLAIMS, "Action: None", "Owner: blank; Due in (working days): blank", ASK, "Where nothing is left, nobody acts."),
    (
        CLAIMS,
        "Action: Wait",
        "Due in (working days): blank",
        ASK,
        "Waiting has no day of its own: the days are agreed.",
    ),
    (
        CLAIMS,
        "Action: not None, Wait",
        "Due in (working days): 0 to 10 or blank",
        ASK,
        "Nothing lies longer than two weeks.",
    ),
)
STOPPED_BALANCES: Final = (
    (BALANCES, "On hold: yes", "Action: Hold and tell the practice", STOP, "On hold means no contact."),
    (BALANCES, "On hold: no", "Action: not Hold and tell the practice", STOP, "Only what is on hold is held."),
    (BALANCES, "Patient due: under 0", NO_STATEMENT, STOP, "No statement goes to a patient who is in credit."),
    (BALANCES, "Above minimum: no", NO_STATEMENT, STOP, "No statement below the smallest balance."),
    (BALANCES, "Statement guard: not none", NO_STATEMENT, STOP, "No statement while something speaks against it."),
    (
        BALANCES,
        "Payment plan: On track, Missed",
        NO_STATEMENT,
        STOP,
        "A payment plan is never followed by a statement.",
    ),
    (
        BALANCES,
        "Statements sent: 0",
        "Action: not Send second statement, Send third statement and call",
        STOP,
        "No level of the statements is skipped.",
    ),
    (
        BALANCES,
        "Statements sent: 1",
        "Action: not Send first statement, Send third statement and call",
        STOP,
        "No level of the statements is skipped or sent twice.",
    ),
    (
        BALANCES,
        "Statements sent: 2",
        "Action: not Send first statement, Send second statement",
        STOP,
        "No level of the statements is sent twice.",
    ),
    (BALANCES, "Statements sent: 3 or more", NO_STATEMENT, STOP, "After the third statement the practice decides."),
    (
        BALANCES,
        "Days since last statement: up to 13",
        NO_STATEMENT,
        STOP,
        "Two weeks at least between two statements.",
    ),
    (
        BALANCES,
        "On hold: no; Patient due: under 0",
        "Action: Ask the practice or Refer to practice for decision",
        STOP,
        "A credit is the patient's money: the practice says what happens with it.",
    ),
    (
        BALANCES,
        f"{DUE}; Statement guard: none; Payment plan: Missed",
        "Action: Ask the practice or Refer to practice for decision",
        STOP,
        "The practice decides about a plan that was missed.",
    ),
    (
        BALANCES,
        f"{OWED}; Days since last statement: 90 or more or none yet",
        "Action: not None, Wait",
        STOP,
        "What a patient owes is never simply forgotten.",
    ),
    (
        BALANCES,
        "Action: not None, Wait",
        "Due in (working days): not blank",
        STOP,
        "Whatever is to be done has a last day.",
    ),
)
ASKED_BALANCES: Final = (
    (
        BALANCES,
        "On hold: no; Patient due: under 0",
        "Action: Ask the practice",
        ASK,
        "The practice is asked what happens with a credit.",
    ),
    (
        BALANCES,
        "On hold: no; Patient due: 0 or more; Above minimum: no",
        "Action: None",
        ASK,
        "Below the smallest balance nothing is done.",
    ),
    (
        BALANCES,
        f"{DUE}; Statement guard: not none",
        "Action: Wait",
        ASK,
        "While something speaks against a statement the account waits.",
    ),
    (
        BALANCES,
        f"{DUE}; Statement guard: none; Payment plan: On track",
        "Action: None",
        ASK,
        "A plan that runs is left alone.",
    ),
    (
        BALANCES,
        f"{DUE}; Statement guard: none; Payment plan: Missed",
        "Action: Ask the practice",
        ASK,
        "The practice is asked about a plan that was missed.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 0; Days since last statement: none yet",
        "Action: Send first statement",
        ASK,
        "The first statement goes out.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 0; Days since last statement: not none yet",
        "Action: Ask the practice",
        ASK,
        "A date without a statement is asked about.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 1 or more; Days since last statement: none yet",
        "Action: Ask the practice",
        ASK,
        "A statement without a date is asked about.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 1 or more; Days since last statement: up to 13",
        "Action: Wait",
        ASK,
        "A statement is given time.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 1; Days since last statement: 90 or more",
        "Action: Send second statement",
        ASK,
        "The second statement follows the first.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 2; Days since last statement: 90 or more",
        "Action: Send third statement and call",
        ASK,
        "The third statement follows the second.",
    ),
    (
        BALANCES,
        f"{OWED}; Statements sent: 3 or more; Days since last statement: 90 or more",
        "Action: Refer to practice for decision",
        ASK,
        "After three statements the practice decides.",
    ),
    (
        BALANCES,
        "Action: Hold and tell the practice, Ask the practice, Refer to practice, Refer to practice for decision",
        PRACTICE,
        ASK,
        "What the practice is asked goes to somebody of the practice.",
    ),
    (
        BALANCES,
        "Action: Wait, Send first statement, Send second statement, Send third statement and call",
        TEAM,
        ASK,
        "Statements are the billing team's.",
    ),
    (
        BALANCES,
        "Action: None",
        "Owner: blank; Due in (working days): blank",
        ASK,
        "Where nothing is left, nobody acts.",
    ),
    (BALANCES, "Action: Wait", "Due in (working days): blank", ASK, "Waiting has no day of its own."),
    (
        BALANCES,
        "Action: not None, Wait",
        "Due in (working days): 0 to 10 or blank",
        ASK,
        "Nothing lies longer than two weeks.",
    ),
)
URGENCY: Final = (
    (
        ESCALATION,
        "Days to deadline: up to 14",
        "Level: 1 or more; Priority: High or Urgent",
        STOP,
        "Two weeks before a deadline.",
    ),
    (
        ESCALATION,
        "Days to deadline: up to 5",
        "Level: 1 or more; Priority: Urgent",
        STOP,
        "The last days before a deadline.",
    ),
    (ESCALATION, "Days to deadline: up to 5", "Level: 2 or more", ASK, "In the last days the manager is told."),
    (
        ESCALATION,
        "Working days past By when: 5 or more",
        "Level: 1 or more",
        STOP,
        "A week late is brought to somebody.",
    ),
    (
        ESCALATION,
        "Working days past By when: 10 or more",
        "Level: 2 or more",
        STOP,
        "Two weeks late: the manager is told.",
    ),
    (ESCALATION, "Working days past By when: 20 or more", "Level: 3", ASK, "A month late: the owner is told."),
    (
        ESCALATION,
        "Times chased or asked: 6 or more",
        "Level: 1 or more",
        STOP,
        "What was chased six times needs somebody.",
    ),
    (ESCALATION, "Days open past the limit: 31 or more", "Level: 1 or more", STOP, "Open far too long."),
    (
        ESCALATION,
        "Days open past the limit: 1 or more; Amount: 10,000 or more",
        "Level: 2 or more",
        ASK,
        "A large amount that is open too long is brought to the manager.",
    ),
    (
        ESCALATION,
        (
            "Days to deadline: 30 or more or none stated; Times chased or asked: 0; Working days past By when: up to 0; "
            "Days open past the limit: up to 0"
        ),
        "Level: 0",
        ASK,
        "What is in good time disturbs nobody.",
    ),
    (
        ESCALATION,
        "Working days past By when: up to 4",
        "Level: up to 2",
        ASK,
        "The owner is told only of what is late.",
    ),
    (ESCALATION, "Level: 0", "Priority: Normal", ASK, "What nobody is told of is not urgent."),
    (ESCALATION, "Level: 1", "Priority: Normal or High", ASK, "What is urgent is brought to more than the contact."),
    (ESCALATION, "Level: 2 or more", "Priority: High or Urgent", ASK, "What the manager hears of goes first."),
    (ESCALATION, "Level: 3", "Priority: Urgent", ASK, "What the owner hears of is urgent."),
)
GUARANTEES: Final[tuple[Row, ...]] = (
    *STOPPED_CLAIMS,
    *STOPPED_BALANCES,
    *(row for row in URGENCY if row[3] == STOP),
    *ASKED_CLAIMS,
    *ASKED_BALANCES,
    *(row for row in URGENCY if row[3] == ASK),
)
