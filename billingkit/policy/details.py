"""Starting lists of what a claim must carry: required details and attachments by procedure code.

Code ranges are those of the codes on American dental claims (D0100 to D9999). Where claims carry a
description instead of a code, as in the United Kingdom, the rows without codes apply. Common trade
practice for the practice to change; nothing here speaks for any insurer.
"""

from __future__ import annotations

from typing import Final

Row = tuple[object, ...]

EVERY: Final = None
TO_SEND: Final = "Draft, Held, Ready, Rejected, Not found, Info requested, Denied"
CODED: Final = "D0100-D9999"
TOOTH: Final = "D1351-D1354; D2140-D2999; D3110-D3999; D6010-D6199; D6205-D6999; D7111-D7251"
AREA: Final = "D1510-D1575; D4210-D4381; D5110-D5899; D7310-D7350; D7970-D7971"
CONTACT: Final = "named contact"
TEAM: Final = "billing team"

# Field, Procedure codes, Order of cover, Status, Who supplies it, Note
REQUIRED: Final[tuple[Row, ...]] = (
    ("Patient", EVERY, EVERY, EVERY, CONTACT, "Nobody can ask about a claim without it."),
    ("Insurer", EVERY, EVERY, EVERY, CONTACT, None),
    (
        "Date of service",
        EVERY,
        "primary, secondary, other, medical",
        EVERY,
        CONTACT,
        "A preauthorisation has none yet.",
    ),
    ("Member number", EVERY, EVERY, EVERY, CONTACT, "Policy or membership number, as on the card."),
    ("Date of birth", EVERY, EVERY, EVERY, CONTACT, "Insurers ask for it before they say anything."),
    ("Policy holder", EVERY, EVERY, TO_SEND, CONTACT, "The person whose policy it is, if not the patient."),
    ("Procedures", EVERY, EVERY, TO_SEND, CONTACT, "Codes, or the description of the treatment."),
    ("Provider", EVERY, EVERY, TO_SEND, CONTACT, "Who treated the patient."),
    ("Order of cover", CODED, EVERY, TO_SEND, CONTACT, "Which insurer is first where there are two."),
    ("Group number", CODED, EVERY, TO_SEND, CONTACT, "As on the card."),
    (
        "Tooth or area",
        TOOTH,
        EVERY,
        TO_SEND,
        CONTACT,
        "Fillings, crowns, root canals, implants, bridges, extractions: the tooth.",
    ),
    (
        "Tooth or area",
        AREA,
        EVERY,
        TO_SEND,
        CONTACT,
        "Spacers, gum treatment, dentures, ridge surgery: the quadrant or jaw.",
    ),
)

SOURCE: Final = "Common practice; confirm with the insurer"

# Insurer, Procedure codes, Order of cover, Need, Kind, Source
ATTACHMENTS: Final[tuple[Row, ...]] = (
    (EVERY, "D2710-D2794; D6710-D6794", EVERY, "required", "x-ray before treatment", SOURCE),
    (EVERY, "D2740-D2794; D6740-D6794", EVERY, "on request", "date fitted and date of the earlier crown", SOURCE),
    (EVERY, "D2950", EVERY, "required", "x-ray", SOURCE),
    (EVERY, "D2950", EVERY, "required", "narrative", SOURCE),
    (EVERY, "D2980", EVERY, "required", "narrative", SOURCE),
    (EVERY, "D2980", EVERY, "required", "laboratory bill", SOURCE),
    (EVERY, "D3310-D3348", EVERY, "on request", "x-ray after treatment", SOURCE),
    (EVERY, "D6055-D6077", EVERY, "required", "x-ray", SOURCE),
    (EVERY, "D4210-D4212; D4240-D4245; D4260-D4278; D4381", EVERY, "required", "perio chart", SOURCE),
    (EVERY, "D4341-D4342", EVERY, "required", "perio chart", SOURCE),
    (EVERY, "D4341-D4342", EVERY, "required", "x-ray", SOURCE),
    (EVERY, "D4341-D4342", EVERY, "on request", "narrative", SOURCE),
    (
        EVERY,
        "D4249; D4320-D4321; D4920; D5620; D7260; D7530; D7540; D8210; D8680; D9930",
        EVERY,
        "required",
        "narrative",
        SOURCE,
    ),
    (EVERY, "D7285-D7286", EVERY, "required", "pathology report", SOURCE),
    (EVERY, "D7410-D7415; D7440-D7461; D7465", EVERY, "required", "operation and pathology report", SOURCE),
    (
        EVERY,
        "D7490-D7521; D7610-D7780; D7910-D7912; D7980-D7983; D7998",
        EVERY,
        "required",
        "operation report",
        SOURCE,
    ),
    (EVERY, "D8010-D8090", EVERY, "required", "diagnosis, length of treatment and whole fee", SOURCE),
    (
        EVERY,
        "D0999; D1999; D2999; D3999; D4999; D5899; D5999; D6199; D6999; D7999; D8999; D9999",
        EVERY,
        "required",
        "narrative",
        "A code for anything not listed needs words",
    ),
    (EVERY, EVERY, "secondary", "required", "first insurer's statement of payment", SOURCE),
    (
        EVERY,
        EVERY,
        EVERY,
        "do not send",
        "anything not listed or asked for",
        "Papers nobody asked for slow a claim down",
    ),
)
