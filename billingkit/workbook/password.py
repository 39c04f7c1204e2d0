"""Opening workbooks that a password protects."""

from __future__ import annotations

import io

from billingkit.problems import NeedsPassword

PASSWORD = "BILLINGKIT_PASSWORD"  # noqa: S105  the name of the environment variable, not a password


def no_password(place: str) -> NeedsPassword:
    """The refusal for a protected workbook without its password."""
    remedy = f"Set the environment variable {PASSWORD} and run again, or ask for a copy without a password."
    return NeedsPassword(place, "the workbook is protected by a password.", remedy)


def decrypted(data: bytes, place: str, password: str) -> bytes:
    """The plain package inside a protected one."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    source, out = msoffcrypto.OfficeFile(io.BytesIO(data)), io.BytesIO()
    try:
        source.load_key(password=password)
        source.decrypt(out)
    except InvalidKeyError:
        raise NeedsPassword(
            place, "the password does not open this workbook.", "Check the password and run again."
        ) from None
    return out.getvalue()
