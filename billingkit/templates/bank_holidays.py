"""Bank holidays of a country and region, written once to the `Calendar` sheet and from then on the practice's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billingkit.problems import CannotRun


def bank_holidays(country: str, region: str | None, years: Sequence[int]) -> list[tuple[date, str]]:
    """The dates and names of the bank holidays of some years, in order.

    Raises CannotRun for a country or region that is not known, with what would be. Source: the
    `holidays` package.
    """
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise CannotRun(
            f'No bank holidays are known for the country "{country}". Use its two letters, such as GB or US.'
        )
    if region and region not in known[country]:
        choices = ", ".join(known[country]) or "none"
        raise CannotRun(f'"{region}" is not a region of {country} with bank holidays of its own. Known: {choices}.')
    # The years must be named here: without them the package gives no date at all until one is asked for.
    found = holidays.country_holidays(country, subdiv=region or None, years=list(years))
    empty = [str(year) for year in years if not any(day.year == year for day in found)]
    if empty:
        raise CannotRun(
            f"No bank holidays are known for {country} in {', '.join(empty)}. Type them on the Calendar sheet."
        )
    return sorted(found.items())
