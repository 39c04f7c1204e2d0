"""The shipped broad list of sensitive wording: what hints that a person should be left alone until asked.

The practice agreed none of it (`agreed` is False), so a hit is only ever a question and a hold on patient
contact. It is judged on misses first: phrases are short and broad, decoys name what they must not mean.
A phrase matches at a word's start, case and accents ignored; `*` stands for up to three words between.
Categories are those of `billingkit.terms.SENSITIVE`.
"""

from __future__ import annotations

from typing import Final

from billingkit.policy.agreement import Wording

_PHRASES: Final[dict[str, str]] = {
    "complaint": (
        "complain; formal compl; grievance; regulator; ombudsman; gdc; cqc; dental council; dental board; state board; board of dentistry; nhs england; icb; "
        "trading standards; bbb; better business bureau; attorney general; report us; reporting us; report the practice; report you; bad review; negative review; "
        "1 star; one star; google review; trustpilot; going to the press; to the papers; local paper; newspaper; patient advocate; pals; healthwatch; "
        "take it further; take this further; taking it further; taking this further; unacceptable; not acceptable; disgust; appalled; dissatisfied; unsatisfied; not satisfied; unhappy; not happy; v unhappy; not pleased; displeased; "
        "poor service; bad service; terrible service; escalate to the owner; wants to speak to * manager; wants to speak to * owner; wants * principal; demand * manager; letter of concern; raised a concern; raised concern; concerns raised; "
        "negligen; malpractice; breach of; duty of candour; data protection; data breach; gdpr; hipaa; subject access; discriminat; racist; rude to; was rude"
    ),
    "dispute": (
        "disput; contest; disagree; does not agree; doesn't agree; do not agree; don't agree; not agree; refuses to pay; refusing to pay; refuse to pay; won't pay; will not pay; not paying; not going to pay; "
        "already paid; has paid; says paid; says * paid; says they paid; claims * paid; thinks * paid; paid cash; paid in full; paid at the desk; paid on the day; paid at visit; paid last; has receipt; got receipt; has proof of payment; paid by card; paid twice; charged twice; "
        "double charg; double bill; billed twice; overcharg; over charg; wrongly charged; wrong amount; wrong charge; wrong bill; wrong balance; incorrect charge; incorrect amount; incorrect bill; incorrectly billed; billed incorrectly; billing error; bill is wrong; balance is wrong; balance wrong; amount is wrong; amount wrong; mistake on bill; error on bill; "
        "never had * treatment; never had this; never received * treatment; treatment not done; not done; wasn't done; was not done; never done; didn't have; did not have * treatment; never had * work; never agreed; did not agree; didn't agree; not told; wasn't told; was not told; was told * free; was told * covered; told it was free; told it was covered; told it would be; "
        "was quoted; quoted less; quoted diff; different quote; not what was quoted; higher than quoted; more than quoted; more than estimate; higher than estimate; not expecting; surprise bill; unexpected bill; querying; queries bill; queried; questioning; questions bill; questions the bill; questions balance; challeng; chargeback; charge back; stopped payment; stopped the cheque; stop cheque; "
        "not owed; doesn't owe; does not owe; don't owe; nothing owed; not my bill; not liable; not responsible for; denies; says insurance should; should have been covered; should be covered; thinks * covered; thought * covered; says * covered; said * covered; wants breakdown; wants itemi; doesn't recogni; does not recogni; unfair; rip off; ripped off; scam; fraud; identity theft; misquot; mischarg"
    ),
    "upset": (
        "upset; angry; anger; shout; swore; swearing; abusive; aggressive; furious; irate; livid; annoyed; cross with; in tears; tearful; crying; cried; sobb; distress; distraught; hysteric; frustrat; fed up; hostile; threaten; threat; "
        "yell; scream; slammed; hung up; hangs up; put the phone down; put phone down; stormed out; storm out; walked out; lost temper; lost her temper; lost his temper; raging; rage; kicked off; kicking off; agitated; emotional; very anxious; panic; traumati; "
        "do not ring; do not call again; stop calling; stop ringing; stop phoning; stop chasing; stop sending; stop contacting; harass; hounded; pestering; bullied; bullying; intimidat; verbal abuse; unpleasant; sarcastic; argument; argued; argumentative; arguing; heated"
    ),
    "hardship": (
        "lost job; lost * job; lost * work; job loss; no job; out of work; laid off; redundan; made redundant; unemploy; between jobs; furlough; reduced hours; hours cut; zero hours; on strike; universal credit; on uc; on benefits; benefits; on pip; jobseeker; jsa; esa; income support; pension credit; food bank; foodbank; food stamp; snap benefits; "
        "can't pay; cannot pay; can not pay; cant pay; unable to pay; no money; no funds; hasn't got the money; can't afford; cannot afford; can not afford; unable to afford; couldn't afford; not afford; struggling; struggl; hardship; skint; broke; short of money; money is tight; money tight; tight for money; finances; financial; "
        "behind with rent; behind on rent; rent arrears; mortgage; evict; homeless; shelter; lost * home; lost * house; house fire; flooded out; debts; in debt to; debt collector; payday loan; low income; fixed income; limited income; on a pension; cost of living; bills; "
        "more time; needs time; asked for time; asking for time; extension; small payments; pay in bits; pay a bit; pay a little; bit at a time; pay off slowly; pay weekly; pay * week; instal; payment plan; when she can; when he can; when they can; when paid; til new year; till new year; until payday; till payday; mum paying; mother paying; dad paying; father paying; parents paying; family helping; son paying; daughter paying; charity; single mum; single mother; single parent; on maternity; sick pay; off sick; off work; ssp; disability benefit; medicaid pending; means test; debt advice; citizens advice; stepchange; debt charity"
    ),
    "vulnerability": (
        "dementia; dement; alzheimer; memory; confus; forgetful; doesn't understand; does not understand; lacks capacity; capacity; power of attorney; poa; lpa; attorney for; court of protection; deputy; conservator; guardianship; appointee; carer; caregiver; care home; nursing home; assisted living; hospice; palliative; end of life; terminal; terminally; "
        "cancer; chemo; chemotherapy; radiotherapy; oncolog; stroke; heart attack; in hospital; hospital; hospitali; icu; intensive care; sectioned; psychiatr; mental health; crisis team; crisis; suicid; self harm; self-harm; overdose; depress; anxiety; bipolar; schizo; psychosis; ptsd; breakdown; rehab; addict; alcohol; substance; recovering; "
        "learning difficult; learning disab; special needs; autis; asperger; adhd; down's; downs syndrome; brain injury; head injury; disabled; disability; wheelchair; blind; partially sighted; deaf; hard of hearing; frail; elderly; housebound; bedbound; vulnerable; vulnerab; safeguard; recently discharged; discharged from; accident; serious illness; seriously ill; very ill; very unwell; unwell; poorly; critically; "
        "miscarr; stillb; lost * baby; lost the baby; pregnan; post natal; postnatal; postpartum; divorce; separated; separat; refugee; asylum; interpreter; no english; little english; limited english; doesn't speak english; illitera; can't read; cannot read; social worker; social services; support worker; key worker; advocate; deals w everything; deals with everything; daughter deals; son deals; speak to daughter; speak to son; speak to wife only; handles all; prison; in custody; incarcerat; jail; parole"
    ),
    "bereavement": (
        "bereave; deceased; dec'd; decd; passed away; passed on; passed last; passed yesterday; pt passed; patient passed; has passed; sadly passed; died; dies; death; dead; late husband; late wife; late mother; late father; late patient; widow; executor; executrix; probate; estate of; to the estate; the estate; funeral; obituary; rip; "
        "lost her husband; lost his wife; lost her mother; lost his mother; lost her father; lost his father; lost her son; lost his son; lost * husband; lost * wife; lost * mum; lost * mom; lost * dad; lost * mother; lost * father; lost * daughter; lost * son; lost * brother; lost * sister; lost * partner; lost * child; mourning; grieving; grief; condolence; in memoriam; letters of administration; next of kin; killed"
    ),
    "minor_or_separated_parents": (
        "minor; under 18; under age; under 16; looked after child; foster; adopted; custody; court order; separated parents; parents separated; parents split; split up; parents divorced; divorce; ex husband; ex-husband; ex wife; ex-wife; ex partner; ex-partner; other parent; father to pay; mother to pay; dad to pay; mum to pay; mom to pay; dad responsible; mum responsible; "
        "father responsible; mother responsible; not allowed contact; estranged; child maintenance; child support; stepfather; stepmother; step dad; step mum; guardian; two payers; split bill; divorced; divorc"
    ),
    "bankruptcy_or_breathing_space": "bankrupt; chapter 7; chapter 13; insolven; iva; breathing space; moratorium; debt relief; dro; debt respite; trust deed; sequestrat; administration order; debt management; dmp; receivership; liquidat; automatic stay; discharged debt; official receiver; trustee",
    "legal_or_insurer_dispute": (
        "solicitor; lawyer; attorney; legal; sue; suing; court; small claims; tribunal; lawsuit; litigat; letter before action; claim against; no surprises; good faith estimate; gfe; arbitrat; mediat; subpoena; summons; barrister; counsel; injunction; ccj; personal injury; workers comp; police; injury claim; medico; indemnity; dental protection; mddus; ddu"
    ),
    "refund_or_clinical_question": (
        "refund; money back; reimburs; wants * back; give back; tx failed; treatment failed; failed; crown came off; crown fell; filling fell; fell out; fallen out; came out; broke again; broken again; still in pain; still hurt; still painful; pain since; pain after; worse since; worse after; infect; wrong tooth; wrong treatment; botched; bad work; poor work; redo; re-do; not needed; unnecessary; didn't need; did not need; second opinion; "
        "doesn't fit; does not fit; not fit; not right; quality; numb; nerve damage; complication; allergic; reaction; side effect; remedial; under guarantee; warranty; guarantee; clinical concern; unhappy with treatment; unhappy with result; unhappy w; consent; didn't consent; never consented"
    ),
    "safeguarding_or_confidential_address": (
        "do not contact; don't contact; dont contact; do not chase; don't chase; dont chase; do not call; don't call; dont call; do not ring; don't ring; do not phone; do not write; do not send; do not post; do not text; do not email; no contact; no letters; no calls; no mail; no post; no statements; no voicemail; do not leave message; don't leave message; no messages; dnc; leave alone; leave for now; hold off; on hold per; stop all; "
        "domestic; violence; abuse; abuser; abusive partner; refuge; safe house; women's aid; restraining; protective order; non molestation; confidential; alternate address; alternative address; different address; new address secret; secret; don't tell; do not tell; do not disclose; don't disclose; private; not to husband; not to wife; not to parents; husband doesn't know; wife doesn't know; parents don't know; stalk; witness protection; contact only; only contact; contact via; via practice only; speak only to; password on account; child protection; at risk"
    ),
}
_DECOYS: Final[dict[str, str]] = {
    "complain": "no complaints; complaints form; complaint form; complaints procedure; complaints policy; complaints leaflet; without complaint; no complaint; complaints template; complaints box",
    "grievance": "grievance? no",
    "upset": "upset tummy; upset stomach; tummy upset; stomach upset; not upset; no longer upset; gastric upset",
    "disput": "insurer disputing; insurer disputes; insurer disputed; insurer is disputing; insurance disputing; insurance disputes; insurance disputed; ins disputing; ins disputes; ins disputed; carrier disputing; carrier disputes; carrier disputed; payer disputing; payer disputes; payer disputed; no dispute; disputing tooth; disputes tooth; disputed tooth",
    "died": "nerve died; tooth died; pulp died; battery died; line died; phone died; nerve has died",
    "dead": "dead tooth; dead nerve; deadline; dead line; dead end; dead battery",
    "deceased": "deceased no",
    "death": "nerve death; pulp death",
    "passed on": "passed on to; passed on x; passed on claim; passed on the; passed on doc; passed on info; passed on message",
    "failed": "failed to attend; failed appt; failed appointment; fax failed; transmission failed; e-claim failed; upload failed; failed transmission; failed validation; edi failed; submission failed; failed to send; failed to submit",
    "rip": "rip tooth",
    "bills": "bills insurance; bills direct; billing; bills to; billsent",
    "benefits": "benefits check; benefits verif; benefits exhausted; benefits max; benefits used; benefits remaining; benefits breakdown; benefits confirmed; benefits left; verify benefits; verified benefits; check benefits; checked benefits; insurance benefits; benefits paid; benefits sent; benefits assigned; assignment of benefits; coordination of benefits; explanation of benefits; plan benefits; dental benefits; annual benefits; out of benefits; benefits coord",
    "capacity": "at capacity; capacity in diary",
    "memory": "memory stick; memory card",
    "legal": "legal name; legally; legal guardian name",
    "court": "court road; court street; court lane; courtesy; court house; court rd; court st; courtney; courier; courtyard",
    "counsel": "counselor; counsellor; counselling appt",
    "minor": "minor adjust; minor correction; minor change; minor filling; minor work; minor typo; minor error; minor issue; minor edit",
    "sue": "see sue; sue m; sue to; ask sue; per sue; sue says; sue said; tell sue; sue will; sue has; sue is; sue dealing; sue's; sue -; - sue; from sue; by sue; with sue; sue called; sue rang; sue spoke; sue checking; sue checked; sue emailed; sue sent; sue chasing; sue chased; suen; suez; suet",
    "broke": "broke tooth; broken; broke filling; broke crown; broke denture; broker; broke appointment; broke appt; broke retainer; broke his tooth; broke her tooth; brokerage; broke a tooth",
    "guardian": "guardian ins; guardian life; guardian ppo; guardian dental; guardian claim; guardian eob; guardian portal; guardian rep; guardian paid; guardian has; guardian says; called guardian; rang guardian; guardian plan; guardian needs; guardian req",
    "accident": "not accident; no accident; accident details; accident date; accident related no; accident form; accident info; non accident; not an accident; accidentally; accident question",
    "hospital": "hospital no; hospital number; hospital plan; hospital cash; hospital grade; hospital saturday fund; hospitality; hospital id",
    "private": "private fee; private patient; private pt; private plan; private insurance; private dental; private tx; private treatment; private practice; private exam; privately; private policy; private cover; private hyg; private crown; private pay; private med; private claim; private price",
    "instal": "installed; installing; installation",
    "financial": "financial year; financials; financial agreement; financial dept; financial department",
    "finances": "finances dept; finances team",
    "quality": "image quality; x-ray quality; xray quality; quality of x; scan quality; poor quality x; quality image; quality xray; quality of image; quality scan; quality assurance; photo quality",
    "infect": "infection control; infection control fee; infectious",
    "consent": "consent form; consent on file; consent signed; signed consent; consent given; consent received; consent obtained; consent sent; consent scanned",
    "redo": "redo claim; redo form; redo x; redo the claim; redo with; redo submission; redo paperwork; redo preauth; redoing claim",
    "re-do": "re-do claim; re-do form; re-do x; re-do the claim",
    "not done": "not done yet; perio not done; x-ray not done; xray not done; tx not done yet; not done until; not done till",
    "queried": "queried with insurer; queried with ins; queried by insurer; queried with payer; queried w insurer; queried w ins; insurer queried; ins queried",
    "querying": "insurer querying; ins querying; insurance querying; payer querying; carrier querying",
    "questioning": "insurer questioning; ins questioning; insurance questioning; carrier questioning; payer questioning",
    "challeng": "insurer challeng; challenge claim; challenged with insurer",
    "denies": "insurer denies; ins denies; insurance denies; carrier denies; payer denies; denies claim; plan denies; denies coverage; denies payment; keeps denying",
    "not responsible for": "insurer not responsible",
    "has paid": "insurer has paid; ins has paid; insurance has paid; carrier has paid; payer has paid; primary has paid; plan has paid; fund has paid; bupa has paid; secondary has paid; delta has paid",
    "paid last": "insurer paid last; ins paid last; paid last claim; paid last month by; primary paid last; insurance paid last",
    "already paid": "insurer already paid; ins already paid; insurance already paid; primary already paid; carrier already paid; payer already paid; plan already paid; already paid by ins; already paid by primary",
    "paid in full": "insurer paid in full; ins paid in full; insurance paid in full; primary paid in full; claim paid in full; carrier paid in full",
    "says paid": "insurer says paid; ins says paid; insurance says paid; carrier says paid; payer says paid; rep says paid; portal says paid; website says paid; primary says paid",
    "says * paid": "insurer says * paid; ins says * paid; insurance says * paid; carrier says * paid; payer says * paid; rep says * paid; portal says * paid; website says * paid; rep said * paid; bupa says * paid; delta says * paid; fund says * paid; primary says * paid",
    "claims * paid": "claims paid; claims to be paid; claims not paid; claims are paid; claims unpaid; claims being paid; claims all paid; claims were paid; claims have paid; all claims paid; other claims * paid",
    "contest": "contested by insurer; contest denial; context",
    "says * covered": "insurer says * covered; ins says * covered; insurance says * covered; rep says * covered; payer says * covered; carrier says * covered; portal says * covered; says not covered; says * not covered",
    "said * covered": "insurer said * covered; ins said * covered; insurance said * covered; rep said * covered; payer said * covered; carrier said * covered; said not covered; said * not covered",
    "extension": "extension number; ext; phone extension; extension 1; extension 2; extension 3; extension 4; extension 5; extension 6; extension 7; extension 8; extension 9; bite extension; crown extension",
    "reimburs": "reimbursement cheque from; reimbursement rate; insurer reimburs; ins reimburs; reimbursement from ins; reimbursed by ins; reimburses patient; reimburse to patient; insurance reimburs; pays patient direct",
    "refund": "refund from insurer; insurer refund; ins refund; insurance refund; insurer wants refund; insurer requests refund; ins requesting refund; ins requested refund; insurance requested refund; refund to insurer; refund to ins; non-refundable; nonrefundable; refund request from ins",
    "fraud": "fraud hold by ins; insurer fraud; fraud dept at ins",
    "second opinion": "insurer second opinion; ins second opinion",
    "not needed": "x-ray not needed; xray not needed; preauth not needed; referral not needed; narrative not needed; auth not needed; not needed for claim; pre-auth not needed; perio chart not needed; reply not needed",
    "more time": "insurer needs more time; ins needs more time; insurance needs more time; needs more time to process; more time to process; one more time; once more time; more times; carrier needs more time; payer needs more time",
    "needs time": "insurer needs time; ins needs time",
    "payment plan": "no payment plan; payment plan paid off; payment plan complete",
    "secret": "secretary",
    "guarantee": "guarantee of payment; not a guarantee; no guarantee; guaranteed by ins; guarantor",
    "deputy": "deputy manager",
    "separat": "separate claim; separate claims; separate cheque; separate eob; separately; separate invoice; separate visit; separate line; separate lines; separate policy; separate payment; separate check; separate sheet; separate letter; separate form; separate page",
    "iva": "ivan; ivanna; iva no",
    "esa": "esan",
    "gdc": "gdc number; gdc no; gdc reg",
    "numb": "number; numbered; numbers; numbering; numbed for; numb for",
    "mediat": "immediate; mediation medicine",
    "late patient": "late patient arrival",
    "came out": "eob came out; came out of network; policy came out; result came out",
    "different address": "insurer different address; ins different address; sent to different address; mailed to different address; claims different address; new claims address; different address for claims",
    "no post": "no post op; no post and; no post-op",
    "no contact": "no contact yet; no contact from ins; no contact from insurer; no contact with ins; no contact lens; no contact details; no contact number",
    "do not send": "do not send x; do not send again; do not send claim; do not send attach; do not send to secondary; do not send yet; do not send until; do not send with",
    "do not post": "do not post payment; do not post yet; do not post eob",
    "foster": "foster road; foster st; dr foster; mr foster; mrs foster; ms foster; foster,",
    "dro": "drop; drove; drown; drool; drops; drone; droit",
    "on uc": "on ucr; on uccp",
    "terminal": "card terminal; terminal id; payment terminal; pdq terminal",
    "attorney": "power of attorney form",
    "blind": "blinds",
    "cancer": "cancer screening; cancer screen; oral cancer screen; oral cancer check; cancer check",
}


def _shipped() -> tuple[Wording, ...]:
    phrases = [(phrase.strip(), category) for category, listed in _PHRASES.items() for phrase in listed.split(";")]
    return tuple(
        Wording(phrase, category, "patient contact", _decoys(phrase), agreed=False)
        for phrase, category in phrases
        if phrase
    )


def _decoys(phrase: str) -> tuple[str, ...]:
    return tuple(decoy.strip() for decoy in _DECOYS.get(phrase, "").split(";") if decoy.strip())


SHIPPED_WORDING: Final = _shipped()
