"""The shipped broad list of sensitive wording: placeholder until the full list stands below."""

from __future__ import annotations

from billingkit.policy.agreement import Wording

SHIPPED_WORDING: tuple[Wording, ...] = ()
