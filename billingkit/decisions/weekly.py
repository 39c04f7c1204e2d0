"""One practice's week, decided: every row once, every question joined, every hold kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from billingkit.decided import Hold, Review
from billingkit.decisions import balances as balance_side
from billingkit.decisions import claims as claim_side
from billingkit.decisions.accounts import family_of, per_account, with_facts
from billingkit.decisions.answered import answered_rows
from billingkit.decisions.asking import joined
from billingkit.decisions.changes import guarded, unseen, updates
from billingkit.decisions.cover import cover_questions, with_cover_answers
from billingkit.decisions.deciding import ask_within, shaped
from billingkit.decisions.facts import claim_facts, with_causes
from billingkit.decisions.holds import claims_on_hold, holds
from billingkit.decisions.known import balances_known, claims_known
from billingkit.decisions.measures import measures
from billingkit.decisions.notices import notices
from billingkit.decisions.once import practice_questions
from billingkit.decisions.people import Linked, homes_of, with_person
from billingkit.decisions.questions import account_questions, claim_questions, with_refs
from billingkit.decisions.rowwise import settled_rows
from billingkit.decisions.setting import Setting, filled, make
from billingkit.decisions.statements import statements
from billingkit.decisions.supplied import corrected, told_once
from billingkit.decisions.topics import BLANK_GUARANTOR, WHOSE_CLAIMS
from billingkit.decisions.unlinked import settled_claims, unlinked
from billingkit.history import History

if TYPE_CHECKING:
    from billingkit.policy.agreement import Policy
    from billingkit.week import Week

NOTHING_KNOWN = History()


def review(
    week: Week,
    policy: Policy,
    history: History = NOTHING_KNOWN,
    as_of: date | None = None,
    *,
    payments_to: date | None = None,
) -> Review:
    """Decides one practice's week: one decision per row of claims and balances, with its questions and holds.

    `as_of` is the day the review is made for and must be given; `payments_to` is the day up to which
    payments are in the books, where it is known better than the ledger knows it. The same inputs give
    the same result; nothing here reads a file or a clock.
    """
    if as_of is None:
        raise TypeError("review() needs the as-of date: nothing but the command line asks the clock.")
    setting = make(week, policy, history, as_of, payments_to)
    facts, account_facts, found, family = _facts(setting)
    claims = answered_rows(claim_side.decide_claims(facts, setting), facts, "claims", setting)
    accounts = answered_rows(balance_side.decide_accounts(account_facts, setting), account_facts, "balances", setting)
    stopping = family.unlinked if account_facts.height else frozenset[str]()  # where there are statements to stop
    whose = unlinked(facts, claims, stopping, setting)
    by_claim, claim_refs = claim_questions(facts, claims, setting, whose)
    by_account, account_refs = account_questions(account_facts, accounts, setting, whose)
    raised = [*by_claim, *by_account, *cover_questions(facts, claims, setting), *practice_questions(facts, setting)]
    gone = unseen(setting)
    questions = joined([*raised, *gone], setting.register, setting.policy, ask_within(setting.policy.claim_rules))
    claims = with_cover_answers(facts, claims, setting)
    claims = _owned(with_refs(claims, claim_refs, "C", setting), setting)
    accounts = _owned(with_refs(accounts, account_refs, "A", setting), setting)
    on_rows = balance_side.on_rows(accounts, _keyed(week.balances, "account_key"))
    return Review(
        week=week,
        policy=policy,
        history=history,
        as_of=as_of,
        payments_to=setting.payments_to,
        claims=shaped(claims),
        balances=shaped(on_rows),
        questions=questions,
        holds=tuple(found),
        statements=statements(account_facts, accounts, setting),
        updates=updates(facts, setting),
        measures=measures(facts, account_facts, questions, found, setting),
        notices=notices(facts, account_facts, setting),
        facts={"claims": facts, "balances": account_facts},
    )


def _facts(setting: Setting) -> tuple[pl.DataFrame, pl.DataFrame, list[Hold], Linked]:
    """The facts of claims and of accounts, every hold, and who belongs together."""
    history, as_of, policy = setting.history, setting.as_of, setting.policy
    register, where = setting.register, setting.sheets
    claims = corrected(_keyed(setting.week.claims, "claim_key"), history.corrections, "claims")
    balances = corrected(_keyed(setting.week.balances, "account_key"), history.corrections, "balances")
    claims = settled_rows(told_once(claims, register), "claims", register, where)
    balances = settled_rows(balances, "balances", register, where)
    claims = with_person(filled(claims_known(claims, history, as_of), "claims", setting))
    balances = filled(balances_known(balances, history, as_of), "balances", setting)
    found = holds(claims, balances, policy, history, as_of, setting.week.wording)
    facts = claim_facts(claims, policy, setting.layout, setting.has, as_of)
    nobodys = settled_claims(claims["claim_key"], register)
    facts = with_causes(facts.with_columns(claims_on_hold(claims, balances, found, nobodys)))
    accounts = per_account(balances)
    facts = homes_of(facts, accounts)
    family = family_of(
        facts, accounts, found, _awaited(setting), gone=guarded(setting),
        blank_is_self=register.settled(BLANK_GUARANTOR, "balances"), nobodys=nobodys,
    )  # fmt: skip
    return facts, with_facts(accounts, family, found, policy, as_of, setting.payments_to), found, family


def _keyed(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows with a key for each: a row that could not be identified goes by its place."""
    place = pl.concat_str("source_file", pl.col("source_sheet").fill_null(""), "source_row", separator="|")
    return frame.with_columns(pl.col(key).fill_null(place))


def _awaited(setting: Setting) -> frozenset[str]:
    """Claims about which an answer of the practice is awaited."""
    return frozenset(
        key
        for question in setting.history.questions
        if question.state != "answered" and question.code != WHOSE_CLAIMS.code
        for key in question.keys
    )


def _owned(said: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    people = {role: setting.policy.practice.person(role) for role in said["owner_role"].unique().drop_nulls()}
    role = pl.col("owner_role")
    owner = role.replace_strict(people, default=None, return_dtype=pl.String) if people else role
    return said.with_columns(owner.alias("owner"))
