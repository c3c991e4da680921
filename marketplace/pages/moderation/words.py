"""The words of moderation in the reader's language."""

from catalog.moderation.cases import Case, CaseKind, CaseState, Risk
from catalog.moderation.decisions import Decision, Verb
from marketplace.pages.reader import Reader


def kind_name(reader: Reader, kind: str) -> str:
    """The word for a kind of case."""
    _ = reader._
    names = {
        CaseKind.FIRST_PUBLICATION: _("First publication"),
        CaseKind.REVISION: _("Changes"),
        CaseKind.DELETION: _("Deletion"),
        CaseKind.ORGANIZATION_REQUEST: _("Request of an organization"),
        CaseKind.ERROR_REPORT: _("Reported error"),
        CaseKind.DUPLICATE: _("Likely duplicate"),
    }
    return names[CaseKind(kind)]


def risk_name(reader: Reader, risk: str) -> str:
    """The word for a risk."""
    _ = reader._
    names = {Risk.LOW: _("low"), Risk.NORMAL: _("normal"), Risk.HIGH: _("high, two decide")}
    return names[Risk(risk)]


def state_of(reader: Reader, case: Case) -> tuple[str, str]:
    """Sign and word for the state of a case."""
    _ = reader._
    words = {
        CaseState.OPEN: ("working", _("In review")),
        CaseState.RETURNED: ("warn", _("Question open")),
        CaseState.HELD: ("later", _("Set aside")),
        CaseState.APPROVED: ("ok", _("Approved")),
        CaseState.REFUSED: ("bad", _("Refused")),
        CaseState.TAKEN_BACK: ("optional", _("Taken back")),
    }
    return words[CaseState(case.state)]


def decision_name(reader: Reader, decision: Decision) -> str:
    """What was decided, in a word or two."""
    _ = reader._
    names = {
        Verb.APPROVE: _("Approved"),
        Verb.REFUSE: _("Refused"),
        Verb.RETURN: _("Given back with a question"),
        Verb.HOLD: _("Set aside"),
        Verb.RESUME: _("Taken up again"),
    }
    name = names[Verb(decision.verb)]
    if decision.is_first_of_two:
        name = _("Approved by the first of two")
    undone = _("undone")
    return f"{name} ({undone})" if decision.undone_at else name
