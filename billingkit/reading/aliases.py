"""What practices and their systems call our columns: headings by role, in US and UK words.

A role is one of our columns, or something that becomes part of one (a surname, an on-hold date). `sure`
headings are taken as they stand; `likely` ones only when the cells below are of the role's kind and no
sure heading claims the role. Headings are written as `fold` leaves them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from billingkit.reading.fold import fold

Kind = Literal["text", "id", "date", "money", "count", "flag", "status", "coverage", "plan", "account"]
Holds = Literal["claims", "balances"]


@dataclass(frozen=True, slots=True)
class Role:
    """One thing a column may hold, and the headings that say so."""

    name: str
    kind: Kind
    sure: frozenset[str]
    likely: frozenset[str] = frozenset()
    weight: int = 1  # how strongly it tells what the table holds


def _role(name: str, kind: Kind, sure: str, likely: str = "", weight: int = 1) -> Role:
    return Role(name, kind, _headings(sure), _headings(likely), weight)


def _headings(listed: str) -> frozenset[str]:
    return frozenset(fold(heading) for heading in listed.split(";") if heading.strip())


_PERSON: Final = (
    _role(
        "patient_id",
        "id",
        "patient id; patient no; patient number; patient code; patient ref; patient reference; pt id; pt no; pt code; pt number; pat id; pat no; pat num; patnum; patient num; patientid; patient #; pt #; patient account; patient account no; "
        "patient acct; pid; patientennr; patient acc no; patient internal id; patients id",
        "chart no; chart number; chart; chart id; chart #; mrn; patient file no; file no; patient chart; patient chart no; account no; account number; account #; acct no; acct #; acct; acc; acc no; account id; client id; client no; client code; "
        "internal id",
    ),
    _role(
        "patient_name",
        "text",
        "patient; patient name; pt; pt name; pat name; patname; patientname; patient full name; name of patient; patients name; pt full name; patient last first; patient name last first; patient name surname first; client name; "
        "patient s name; clients name",
        "name; full name; client; member; patient guarantor; patienten name; patientenname; paciente; who",
    ),
    _role(
        "surname",
        "text",
        "surname; last name; lastname; family name; patient surname; patient last name; pt surname; pt last name; pat last; patlast; lname; last; nachname; pat lname; patient last",
    ),
    _role(
        "forename",
        "text",
        "forename; first name; firstname; given name; forenames; patient forename; patient first name; pt forename; pt first name; pat first; patfirst; fname; first; vorname; pat fname; patient first; christian name",
    ),
    _role(
        "date_of_birth",
        "date",
        "dob; d o b; date of birth; birth date; birthdate; birthday; patient dob; pt dob; pat dob; patdob; patient birthday; patient date of birth; patient birthdate; born; geburtsdatum",
    ),
)
_NOTES: Final = _role(
    "notes",
    "text",
    "notes; note; comment; any notes; any comments; comments; remark; remarks; memo; status note; status notes; claim note; claim notes; internal notes; follow up notes; followup notes; "
    "notes comments; claim comments; claim comment; patient note; patient notes; account notes; account note; billing notes; last note; notizen; bemerkung; bemerkungen; "
    "office notes; admin notes; our notes; message; messages; free text; what happened; conversation; call notes; latest note; follow up; details of call; narrative notes",
    "history; details; info; action; actions; update; updates; latest; next steps; action taken",
)
CLAIMS: Final = (
    _role(
        "claim_id",
        "id",
        "claim id; claim no; claim number; claim ref; claim reference; claim #; claimid; claim num; claimnum; clm no; clm #; clm id; clm ref; our claim no; claim id number; claim id no; claim nr; internal claim no; claim ref no; "
        "claim reference no; claim reference number; claim code; claim ref number; practice claim no; pms claim no; our claim ref; our claim number",
        "ref; reference; our ref; our reference; id number; claim; ref no; number; reference no; reference number; id no; no; claims; clm; claim key",
        3,
    ),
    _role(
        "insurer_claim_number",
        "id",
        "payer claim no; payer claim number; payer claim id; insurer claim no; insurer claim number; insurers claim number; insurers claim no; insurer ref; insurer reference; insurers ref; "
        "insurers reference; payer ref; payer reference; icn; dcn; payer claim control number; carrier claim no; carrier claim number; carrier ref; their ref; their reference; "
        "insurance claim number; insurance claim no; insurance ref; payer icn; payer control number; ins claim no; ins claim #; ins ref; claim number at insurer; payor claim number; payor claim no",
    ),
    _role(
        "insurer",
        "text",
        "insurer; insurer name; insurance; insurance company; insurance co; insurance name; ins co; ins company; ins name; ins carrier; insurance carrier; carrier; carrier name; payer; payer name; payor; payor name; insurance payer; "
        "health fund; fund; fund name; insco; ins; versicherung; krankenkasse; dental insurance; insurance provider; primary carrier; ins provider; primary insurance; primary insurer; billed carrier; cover provider; carrier company; "
        "insurance co name; underwriter; aseguradora; assureur; primary ins; primary ins co; insurance carrier name; ins carrier name; primary insurance company; primary payer; ins company name; name of insurer; name of insurance; insurance company name; primary insurance name",
        "plan name; insurance plan; ins plan; dental plan; billed to; insured with; plan; company; scheme; cover; provider insurer; third party; bill to; primary; who with; insured by; pri ins; cover with",
        2,
    ),
    _role(
        "member_id",
        "id",
        "member id; member no; member number; member #; membership no; membership number; membership; membership id; subscriber id; subscriber no; subscriber number; subscriber #; subscriber id no; subid; sub id; sub no; insured id; "
        "insured no; insured id no; ins id; insurance id; certificate no; certificate number; policy member no; versichertennummer; versicherungsnummer; memberid; membership ref; membership policy no; mem id; mem no; id card no; "
        "subscriber member id; member policy no; insured member id; policy membership no; scheme no; subscriber ssn id; insurance member id; fund member no; primary member id; primary subscriber id; primary insurance id; primary id; "
        "primary ins id; primary policy no; primary id no; cert #; cert id",
        "policy no; policy number; policy #; policy id; policy ref; policy reference; medicaid id; insurance number; insurance no; policy; id no; card no; ins no; cert no; member",
        2,
    ),
    _role(
        "group_number",
        "id",
        "group no; group number; group #; groupnum; group num; grp no; grp #; grp; group; group id; employer group; group no id; plan group no; group plan no; group policy no; grp number",
    ),
    _role(
        "coverage",
        "coverage",
        "coverage; order of cover; coverage order; cover order; pri sec; p s; primary secondary; claim type; ins type; insurance type; plan order; ins order; insurance order; cob; cob order; billing order; pri or sec; prim sec; "
        "coverage type; 1st 2nd; primary or secondary; cov; claim order; cov type; cov order; coverage level; coverage position; ins level; insurance level; primary or sec; prisec; ordinal",
        "type; order; priority; level; seq; sequence; rank",
    ),
    _role(
        "subscriber_name",
        "text",
        "subscriber; subscriber name; subname; sub name; policy holder; policyholder; policy holder name; policyholder name; insured; insured name; insured person; insureds name; cardholder; main member; subscriber insured; plan holder; planholder; member name; versicherungsnehmer; insured party; holder name; name of insured; subscriber full name",
        "holder",
    ),
    _role(
        "relationship",
        "text",
        "relationship; rel; relation; relationship to subscriber; rel to subscriber; rel to sub; patient relationship; rel to ins; relationship to insured; relationship to policy holder; patient rel; rel to insured; rel to holder; patient is; pt rel; relation to insured; patient relationship to subscriber; pat rel",
    ),
    _role(
        "provider",
        "text",
        "provider; dentist; treating dentist; rendering provider; treating provider; doctor; dr; prov; clinician; practitioner; performer; dentist name; treating dr; rendering dentist; behandler; prov name; clinician name",
        "billing provider; hygienist; provider name; attending dentist",
    ),
    _role(
        "service_date",
        "date",
        "date of service; service date; first date of service; first dos; dos; d o s; dos date; treatment date; date of treatment; tx date; rx date; svc date; date service; dateservice; service dates; date of tx; behandlungsdatum; from date of service; dos from; "
        "claim dates service; service from; date of svc; treat date; claim service date; date services rendered; dates of service; serv date; date of service from; treatment dates",
        "appt date; appointment date; date of appointment; visit date; date of visit; procedure date; proc date; date of procedure; procedure dates; date seen; date performed; date of care; treatment completed; completed date; "
        "date completed; tx completed; date treated; treated on; service; treated; seen; visit; appointment; appt; treatment; date; completed; svc; serv; seen on; tx",
        3,
    ),
    _role(
        "first_submitted_date",
        "date",
        "first sent; date first sent; first sent date; originally sent; original sent date; date sent orig; datesentorig; orig sent; orig sent date; first submitted; first submitted date; date first submitted; original submission; original submission date; first submission; first submission date; initial submission; initial submission date; first billed; first billed date; original date sent; originally submitted; date originally sent; original bill date",
        weight=3,
    ),
    _role(
        "submitted_date",
        "date",
        "date sent; sent; sent date; datesent; last sent; last sent date; date last sent; submitted; submitted date; date submitted; submission date; submitted on; sent on; claim sent; claim sent date; date claim sent; date claim submitted; "
        "date of submission; sent to insurer; date sent to insurer; sent to payer; claim dates sent; claim submitted; claim submission date; eingereicht am; eingereicht; date of claim submission; last submitted; last submitted date; date last submitted; last date submitted; latest submission; latest submission date; last date sent; last billed; "
        "last billed date; sent to ins; to insurer; posted to insurer; claim filed; last submission; last submission date; date to insurer; date sent to insurance; insurance sent; submitted to insurer; primary sent; primary date sent; "
        "date primary sent; primary submitted; primary date submitted; primary claim sent; gone to insurer; date gone; gone off; posted off",
        "billed date; date billed; filed; filed date; date filed; filing date; transmitted; transmission date; date transmitted; ins billed date; insurance billed date; date batch sent; date mailed; mailed; efiled; e filed; claim date; "
        "bill date; created; date of claim; claim created; date created; claimed on; date claimed; billed on; sent dt; off; gone",
        3,
    ),
    _role(
        "resent_date",
        "date",
        "re sent; resent; re sent date; resent date; date resent; date re sent; resubmitted; re submitted; date resubmitted; resubmission date; resubmitted date; last resent; refiled; refiled date; claim dates re sent; resubmit date; re submission; resubmission; rebilled; rebilled date; date refiled; date re submitted; corrected claim sent",
        weight=3,
    ),
    _role(
        "on_hold_date",
        "date",
        "on hold; on hold date; hold date; date on hold; held since; on hold since; claim dates on hold; held; date held; put on hold; hold since",
        weight=1,
    ),
    _role(
        "last_contact_date",
        "date",
        "last chased; last chased date; date last chased; date chased; chased; last chase; tracer; tracer date; tracer sent; claim dates tracer; last contact; last contact date; last contacted; date of last contact; last follow up; "
        "last followup; last followed up; last follow up date; last followed up date; last f u; last called; last call; last call date; date last called; date followed up; last enquiry; last inquiry; last phoned; last chaser; "
        "date of last call; last chase date; follow up date last; date last contacted; date of last followup; last chase on",
        "last activity with insurer; followed up; called on; rang; chased on; last checked; last worked; last worked date; last touch; last activity; last action date; worked",
    ),
    _role(
        "times_chased",
        "count",
        "times chased; no of chases; number of chases; chases; chase count; # chases; times contacted; no of calls; number of calls; # calls; calls; calls made; follow ups; number of follow ups; no of follow ups; times called; attempts; contact attempts; chased times; times followed up; f u count; follow up count",
    ),
    _role(
        "status",
        "status",
        "status; claim status; state; claim state; trackstat; track stat; tracking status; current status; claim stage; status of claim; claim state now; what stage is it at; primary status; primary claim status",
        "tracking; stage; insurance status; ins status; payer status; status code; status description; status name; claim tracking; custom tracking; stat; outcome; progress; result; position; where it is; response; where its at; "
        "where its up to; where are we; where we are; whats the position; how its going; edi status; payment status; latest status; situation; e claim status; electronic status",
        2,
    ),
    _role(
        "status_date",
        "date",
        "status date; date stat; datestat; date of status; date status; status as of; status changed; date of last status; last status date; status updated; status change date; date status changed; last status change",
        "as of; updated; last updated; last update",
    ),
    _role(
        "procedure_codes",
        "text",
        "proc codes; proc code; procedure codes; procedure code; cdt; cdt code; cdt codes; treatment code; treatment codes; tx code; tx codes; d codes; cdt ada code",
        "procedure; procedures; proc; procs; item; items; treatment item; procedure s; codes; service code; service codes; item no; item number; item code; item nos; leistung; ada code; ada codes; code; treatment; treatments; services; "
        "service code s; tx; work done",
    ),
    _role(
        "tooth",
        "text",
        "tooth; tooth no; tooth number; tooth #; teeth; tth; th #; zahn",
        "area; area of mouth; quadrant; quad; tooth area; tooth quad; tooth or area; tooth quadrant; tooth surface; tooth s; th",
    ),
    _role(
        "billed",
        "money",
        "billed; billed amount; chgs; chg; amount billed; billed amt; amt billed; claimed; amount claimed; claimed amount; claim amount; claim amt; clm amt; claim total; claim value; total claimed; total claim; claim fee; fee; fees; fee billed; "
        "fee charged; total fee; total fees; charge; charges; charged; total charge; total charges; amount charged; charge amount; submitted amount; amount submitted; total billed; total amount billed; rechnungsbetrag; amounts billed; "
        "money claimed; submitted fee; submitted charge; submitted charges; claim charge; claim charges; total submitted; claim billed; billed fee; billed charges; value of claim; amount of claim; fee claimed; claimed fee; sent amount; "
        "value claimed; ins billed; insurance billed; primary billed; claim submitted amount",
        "ucr; ucr fee; office fee; gross; gross fee; treatment cost; treatment fee; value; cost; price; invoiced; sum; submitted; sent",
    ),
    _role(
        "expected",
        "money",
        "est ins; ins est; estimate; estimated; expected; expected payment; expected amount; est insurance; insurance estimate; estimated insurance; ins pay est; est payment; est ins payment; est ins pmt; est benefit; expected from insurer; "
        "ins estimate; est amount; estimated payment; estimated benefit; est; amounts est ins; est ins pay; estimated ins; ins expected; ins portion; insurance portion; exp ins; ins exp; est primary; expected benefit; expected ins; "
        "anticipated; estimated amount; plan est; primary est; primary estimate; pri est; est primary ins",
    ),
    _role(
        "paid",
        "money",
        "paid; amount paid; paid amount; amt paid; paid amt; ins paid; insurance paid; paid by insurer; paid by insurance; insurer paid; ins pmt; ins payment; insurance payment; insurance payments; settled; amount settled; settled amount; "
        "payment received; payments received; benefit paid; remitted; received amount; amount received; plan paid; carrier paid; payer paid; gezahlt; insurer payment; ins paid amt; claim paid; paid by ins; claim payment; paid by payer; "
        "fee settled; total insurance paid amount; total ins paid; ins pay amt; ins pay amount; ins pay; insurance received; ins received; received from insurer; received from insurance; primary paid; primary payment; primary ins paid; pri paid; primary insurance paid; insurance amount paid; insurer has paid; "
        "ins paid to date; amount settled by insurer",
        "payment; payments; pmt; pmts; benefit; payment amount; settlement; paid to date; total paid; money paid; paid so far; settled so far; received; rcvd; recd; rec d; remittance; receipts; in; come in; paid in",
    ),
    _role(
        "outstanding",
        "money",
        "outstanding; outstanding amount; amount outstanding; outstanding balance; balance outstanding; o s; o s amount; o s balance; os; os amt; os balance; amt outstanding; amount o s; still outstanding; still owed; still due; "
        "owed by insurer; insurer owes; insurance owes; ins owes; insurance balance; ins balance; claim balance; open balance; remaining balance; balance remaining; remaining; unpaid; unpaid amount; offen; ins due; insurance due; "
        "claim outstanding; due from insurer; due from insurance; outstanding from insurer; unpaid balance; money o s; outstanding claim; ins outstanding; insurance outstanding; claim bal; ins bal; insurance amount outstanding; remaining ins bal; ins a r; ins ar; insurance a r; insurance ar; "
        "insurer still owes; outstanding balance ins; primary balance",
        "balance due; amount due; amount owed; amount owing; owing; owed; left to pay; remaining due; balance; bal; due; remainder; net due; owes; balance amount; to come; still to come; left; still owing; balance owed; claim balance due",
    ),
    _role(
        "insurer_deadline",
        "date",
        "deadline; filing deadline; timely filing; timely filing deadline; timely filing date; timely filing limit; tfl; file by; submit by; appeal by; appeal deadline; respond by; response due; answer by; reply by; insurer deadline; insurers deadline; due by; filing limit; filing limit date; must file by; submission deadline; claim deadline; claim by; reply due; resubmit by; last date to file; last day to file; response deadline; reply needed by; send by",
    ),
    _role(
        "insurer_request",
        "text",
        "insurer asked for; info requested; information requested; info needed; information needed; insurer request; insurers request; insurance request; payer request; requested info; requested information; missing information; "
        "missing info; what they want; insurer wants; additional info requested; insurer query; documents requested; info req; outstanding info; insurer needs",
        "request; needs; needed; query; requested",
    ),
    _role(
        "reason_codes",
        "text",
        "reason code; reason codes; denial code; denial codes; denial reason; denial reason code; carc; rarc; carc rarc; adjustment code; adjustment codes; adj codes; adj code; remark code; remark codes; rejection code; rejection codes; "
        "rejection reason; reason for denial; reason for rejection; eob code; eob codes; carc code; carc codes; decline reason; declined reason; denied reason; claim adjustment reason code; adjustment reason code",
        "reason; group reason; eob reason; adjustment reason",
    ),
    _role(
        "attachments",
        "text",
        "attachments; attachment; enclosures; enclosure; attachments sent; documents attached; docs attached; docs sent; attachment type",
        "docs; enclosed; documentation; att; attached",
    ),
    _NOTES,
)
BALANCES: Final = (
    _role(
        "account_id",
        "id",
        "account no; account number; account #; acct no; acct #; acct; acc; acc no; account id; account ref; account code; guarantor id; guarantor no; guarantor #; guarantor number; responsible party id; family id; family no; family number; acct id; acct number; debtor code; debtor no; debtor number; client id; client no; client code; payer code; guarantor account; account reference; billing account; family code; fam no; hoh id",
        "account; code; id; no; number; ref",
    ),
    _role(
        "guarantor_name",
        "text",
        "guarantor; guarantor name; responsible party; responsible party name; resp party; responsible; account holder; account name; head of household; head of family; hoh; primary guarantor; billing name; debtor name; bill payer; "
        "guarantor or patient; guarantor patient; family head; fee payer; account holder name; head of house; guarantor full name; person responsible; family name head; name of guarantor",
        "payer; bill to; family; debtor",
        weight=2,
    ),
    _role(
        "balance",
        "money",
        "balance; total balance; account balance total; current balance; balance due; balance owed; total due; total owed; total owing; total outstanding; total bal; bal; baltot; bal total; bal tot; account total; acct bal; acct balance; "
        "ar balance; a r balance; debt; total debt; amount owed; amount owing; owed; owing; saldo; balance outstanding; family balance; ledger balance; balance total; total account balance; total ar; total a r; net balance; closing balance; "
        "account bal; outstanding debt; debt total; money owed; patient account balance; open balance; owes; owes us; they owe; total debt owed; amount they owe; money outstanding",
        "total; amount; due; net; totals; grand total; balance o s; how much; amount outstanding total",
        2,
    ),
    _role(
        "outstanding",
        "money",
        "outstanding; amount outstanding; outstanding amount; outstanding balance; o s; os; o s amount; o s balance; unpaid; unpaid amount; amount unpaid; invoice outstanding; invoice balance; left to pay; remaining; still owed; still to pay; amount remaining; unpaid balance",
        weight=2,
    ),
    _role(
        "account_balance",
        "money",
        "account balance; patients balance; patient account balance; patient s balance; account bal; account credit; balance on account",
        weight=2,
    ),
    _role(
        "insurance_pending",
        "money",
        "ins est; -ins est; insest; -insest; insurance pending; ins pending; pending insurance; insurance estimate; ins estimate; est insurance; est ins; exp insurance; expected insurance; insurance portion; ins portion; ins pay est total; "
        "insurance balance; ins balance; ins bal; insurance due; expected from insurance; expected from insurer; less insurance; insurance expected; insurance est; estimated insurance; total ins est; due from insurance; insurance share; "
        "claims pending amount; insurance o s; insurance outstanding; total insurance; insurance owes; ins due; ins owed; ins expected; -insurance estimate; awaiting insurance; insurance amount pending",
        "insurance; insurance part; ins part; pending claims",
        weight=2,
    ),
    _role(
        "patient_due",
        "money",
        "=patient; patient due; patient portion; patient balance; patient owes; patient owing; patient share; patient part; pat portion; pat due; pat bal; pat balance; pt portion; pt due; pt balance; pt owes; pt bal; due from patient; =amtdue; amtdue; =amt due; guarantor portion; guarantor due; patient responsibility; patient resp; pt responsibility; pt resp; total due now; due now; =pat est amt due; pat est amt due; pat est bal total; patient amount due; amount due from patient; patient est bal; patient outstanding; =patient due; owed by patient; net patient; patient net due; self pay balance; patient pays; patient to pay; pt to pay; patient owed; pt part",
        "amount due",
        3,
    ),
    _role(
        "writeoff",
        "money",
        "-w o est; w o est; -w o change; w o change; write off est; writeoff est; write off estimate; -writeoff est; write off; writeoffs",
    ),
    _role(
        "unapplied_credit",
        "money",
        "unapplied credits; unapplied credit; unapplied; unapplied credits negative; unallocated; unallocated credit; unallocated payments; credits; credit; suspense; unapplied payments",
    ),
    _role(
        "invoice_total",
        "money",
        "invoice total; invoice amount; amount invoiced; invoiced; invoice value; original amount; fee; fees; charge; charges; gross",
    ),
    _role(
        "oldest_due_date",
        "date",
        "oldest due; oldest due date; date due; due date; oldest invoice; oldest invoice date; oldest charge; oldest charge date; oldest item; oldest debt; oldest debt date; due since; overdue since; oldest balance date; oldest unpaid; "
        "payment due date; debt since; owing since; oldest transaction; owed since; in debt since; outstanding since",
        "first due; oldest; payment due; since; from when; how long since",
        weight=1,
    ),
    _role(
        "last_statement_date",
        "date",
        "last statement; last statement date; laststatement; date of last statement; last stmt; last stmt date; last statement sent; statement sent; statement last sent; date last statement; last statement on; statement sent on; "
        "last account sent; last stmt sent; last statement printed",
        "last bill; last bill date; last billed; last billed date; last reminder; last reminder date; last letter; last letter date; last letter sent; date last billed; last invoice sent; statement date; stmt date; letter sent; letter date; "
        "last chased; last contacted; bill sent; bill date; reminder sent; reminder date",
        weight=3,
    ),
    _role(
        "statements_sent",
        "count",
        "statements sent; no of statements; number of statements; # statements; statement count; statements; stmts; stmts sent; stmt count; # stmts; times statement sent; number of statements sent; statement no; stmt no; no of stmts",
        "bills sent; times billed; # bills; letters sent; no of letters; letter count; reminders; reminders sent; no of reminders; number of reminders; how many letters; how many statements; how many reminders; letters; number of letters; "
        "times written",
        weight=3,
    ),
    _role(
        "last_payment_date",
        "date",
        "last pay date; last payment date; last pmt date; date last paid; date of last payment; last paid; last paid date; last payment on; date last payment; last pat pay date; last pt pmt date; last patient payment date; last receipt date; last payment made; last receipt",
        "last payment; last pmt; last pt pmt; last pat pmt; last patient payment; last pay; last patient pmt",
    ),
    _role(
        "last_payment_amount",
        "money",
        "last payment amount; last pmt amount; last payment amt; last pmt amt; last pay amount; last pay amt; amount last paid; last amount paid; last amount; last pt pmt amount; last receipt amount; last payment value; last paid amount; amount of last payment",
        "last payment; last pmt; last pt pmt; last pat pmt; last patient payment; last pay; last patient pmt",
    ),
    _role(
        "payment_plan",
        "plan",
        "payment plan; pay plan; payplan; instalment plan; installment plan; on plan; on payment plan; payment arrangement; arrangement; plan status; payment plan status; instalments; finance plan; payment plan on track; plan in place",
        "plan",
    ),
    _role(
        "plan_next_due",
        "date",
        "plan next due; next instalment; next installment; next instalment due; next installment due; next payment due; next plan payment; payment plan next due; next due; next due date; payplan next due; plan payment due; next instalment date; next payment date; plan due date; next plan payment due; payplan due",
    ),
    _role(
        "stop_flag",
        "flag",
        "stop credit; stop; datetime suspended; date suspended; suspended on; suspended since; suspended until; stopped on; do not chase; do not bill; do not contact; hold statements; statement hold; billing hold; account hold; on stop; "
        "stop flag; dnc; suppress statements; suppress statement; no chase; do not send; stopped; account on hold; hold account; leave alone; credit stop; do not send statements; stop statements; suspend; suspended; no letters; hold; "
        "on hold; stop reminders; do not invoice; chase stop; sf; stop chasing; dont chase; do not pursue; no reminders; hold billing; leave them alone; leave be; dont contact; not to be chased; do not chase flag; stop sending; no contact; "
        "on hold flag; do not mail; hold statement",
        weight=3,
    ),
    _role(
        "invoice_ref",
        "id",
        "invoice; invoice no; invoice number; invoice ref; invoice reference; invoice #; inv no; inv #; inv ref; inv; invoice id; bill no; bill number; invoice code",
        "reference; ref; ref no; reference no",
        2,
    ),
    _role(
        "invoice_date",
        "date",
        "invoice date; date of invoice; date invoiced; inv date; billed on; bill date; date raised; issued; date issued",
        "date",
    ),
    _role(
        "account_state",
        "account",
        "account status; account state; balance status; account standing; account type state",
        "account; state; status",
    ),
    _role("invoice_state", "status", "invoice status; invoice state; payment status; paid status", "state; status"),
    _NOTES,
)
BY_TABLE: Final[dict[Holds, tuple[Role, ...]]] = {"claims": (*_PERSON, *CLAIMS), "balances": (*_PERSON, *BALANCES)}
ROLE: Final[dict[Holds, dict[str, Role]]] = {
    table: {role.name: role for role in roles} for table, roles in BY_TABLE.items()
}
KNOWN: Final = frozenset(
    heading for roles in BY_TABLE.values() for role in roles for heading in role.sure | role.likely
)

# A heading that names an amount without saying whose: billed, or still owed. Asked, unless the practice says.
WHICH_AMOUNT: Final = _headings(
    "amount; amt; total; total amount; amounts; claim; net amount; totals; claims amount; amount amt"
)
# Ageing buckets keep their own labels; "30 days" holds 30 to 59 in one system and 0 to 30 in another.
AGEING: Final = re.compile(
    r"^(?:(?:ins pay est|pat est bal|patient|insurance|aged balance|balance|ageing|aging|aged|days|over|age) )*"
    r"(?:current|not due|[<>]=? ?=?\d+(?: (?:days?|d|months?))?|\d+ ?[+>](?: days?)?|\d+ to \d+(?: (?:days?|d|months?))?|(?:over|above|older than|more than|under|less than) \d+(?: days?)?|\d+ days?(?: \+)?|\d+ (?:and )?(?:over|older|above|up|plus)|(?:30|45|60|75|90|120|150|180|360|365)|current \d+ to \d+)"
    r"(?: (?:days?|overdue|old|past due|balance|bal|amount))*(?: <\d+| >=?\d+| \d+ to \d+| <=?\d+)?$"
)


def is_ageing(folded: str) -> bool:
    """Whether a folded heading labels an ageing bucket."""
    return bool(AGEING.match(folded))
