"""What two policies agree otherwise, in words: their tables exactly, and every setting, day, answer and word besides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from billingkit.policy import Policy
from billingkit.practice import load_policy
from billingkit.rehearsing import agreed_otherwise, table_differences

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(SAMPLES / "riverside" / "policy.xlsx")


def test_a_policy_differs_from_itself_in_nothing(policy):
    assert table_differences(policy, policy) == []
    assert agreed_otherwise(policy, policy) == []


def test_days_that_change_are_said_although_no_table_does(policy):
    """The tables count in the insurer's own days, so a change of these moves rows and leaves every table alike."""
    first, *others = policy.insurers
    changed = replace(policy, insurers=(replace(first, first_check_after=10), *others[1:]))
    assert table_differences(policy, changed) == []
    said = agreed_otherwise(policy, changed)
    assert len(said) == 2
    assert said[0].startswith(f"Insurers: {first.name}: first check after {first.first_check_after} days")
    assert " -> first check after 10 days" in said[0]
    assert said[1].startswith(f"Insurers: {others[0].name}: ")
    assert said[1].endswith(" -> nothing")
    assert agreed_otherwise(changed, policy)[1].startswith(f"Insurers: {others[0].name}: nothing -> first check after")


def test_a_setting_an_answer_and_a_list_that_change_are_said(policy):
    first, *others = policy.agreements
    changed = replace(
        policy,
        practice=replace(policy.practice, name="Riverside Smiles"),
        agreements=(replace(first, answer=""), *others),
        required=policy.required[:-1],
    )
    said = agreed_otherwise(policy, changed)
    assert f"Practice: Name: {policy.practice.name} -> Riverside Smiles" in said
    assert any(line.startswith(f"Agreements: {first.question}: {first.answer}") for line in said)
    assert said[-1] == "Required details: its lines differ."
