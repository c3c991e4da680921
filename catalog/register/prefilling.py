"""What the marketplace knows already of a use, so that its entry asks only for the rest."""

from catalog import records
from catalog.adoptions import Adoption, Stage
from catalog.records import Contact, LongText, SolutionRecord
from catalog.register.record import EntryRecord, LegalBasis, Model, Risk, Supplier

STATUS = {
    Stage.INTERESTED: "planned",
    Stage.PLANNED: "planned",
    Stage.PILOT: "test",
    Stage.LIVE: "operation",
    Stage.ENDED: "ended",
}

FIXED = frozenset({"rules", "rpa"})
GENERATES = frozenset({"generative", "agentic"})


def filled(adoption: Adoption) -> EntryRecord:
    """The first draft of the entry of a use, from solution, adoption and organization.

    What the solution withholds is left open: each body decides for itself.
    """
    known = adoption.solution.public_record
    body = adoption.organization
    has_ended = adoption.stage == Stage.ENDED
    return EntryRecord(
        name=known.name,
        summary=known.summary,
        fields_of_action=known.fields_of_action,
        tasks=known.tasks,
        status=STATUS[Stage(adoption.stage)],
        start=None if has_ended else adoption.since,
        end=adoption.since if has_ended else None,
        release=adoption.release,
        keywords=known.keywords,
        contact=Contact(body.answering_unit, body.email, body.website),
        intended_purpose=known.summary,
        benefit=known.benefits,
        decision_mode=known.human_oversight,
        proportionality=known.reason_for_ai,
        legal_basis=_legal_basis(known),
        data_used=known.data.inputs,
        personal_data=known.data.personal,
        retention=known.data.retention,
        how_it_works=known.explanation or known.description,
        algorithm_type=_algorithm_type(known),
        models=_models(known),
        suppliers=_suppliers(adoption),
        repository=known.repository,
        license=known.licenses.code[:500],
        risks=[Risk(_line(known.risks))] if _line(known.risks) else [],
        monitoring=known.monitoring,
    )


def _legal_basis(known: SolutionRecord) -> list[LegalBasis]:
    line = _line(known.data.legal_basis)
    return [LegalBasis(line)] if line else []


def _models(known: SolutionRecord) -> list[Model]:
    line = _line(known.sovereignty.model)
    return [Model(line)] if line else []


def _suppliers(adoption: Adoption) -> list[Supplier]:
    names = {
        adoption.solution.public_record.vendor: "developer",
        adoption.operator: "operator",
    }
    return [Supplier(name[:500], role=role) for name, role in names.items() if name]


def _algorithm_type(known: SolutionRecord) -> str:
    technology = set(known.technology)
    if technology & GENERATES:
        return "generative"
    if "machine_learning" in technology:
        return "hybrid" if technology & FIXED else "self_learning"
    return "rule_based" if technology & FIXED else ""


def _line(text: LongText) -> str:
    """A text as one line, for fields that hold no more."""
    found, _ = records.best(text, "de")
    return " ".join(found.split())[:500]
