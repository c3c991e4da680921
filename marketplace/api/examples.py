"""One invented example of every answer and body; a test checks them against their types."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from catalog.adoptions import Stage
from catalog.announcements import Weight
from catalog.interfaces import Claim
from catalog.records import Contact, Licenses, SolutionRecord
from catalog.register.evaluation import answers, evaluate
from catalog.register.law import rule_set
from catalog.solutions import State
from catalog.watching import Watchable
from impact.metrics import metric_of
from marketplace.api import (
    account,
    administration,
    adoptions,
    changes,
    checks,
    draft_files,
    drafts,
    fits,
    impact,
    interfaces,
    measurement_examples,
    municipalities,
    notices,
    organizations,
    register,
    register_examples,
    releases,
    search,
    sessions,
    solutions,
    suggestions,
    taxonomy,
)
from marketplace.api.membership_examples import MEMBERSHIPS
from marketplace.api.moderation_examples import MODERATION
from marketplace.api.references import MunicipalityRef, OrganizationRef, SolutionRef
from marketplace.api.refusals import FieldError, ProblemAnswer
from marketplace.formats import (
    assessment_report,
    interface_report,
    license_report,
    publiccode_report,
)
from marketplace.formats.publiccode.checking import check as check_publiccode
from marketplace.interfaces import checking
from marketplace.notifications.events import Event, Rhythm

NODE = "https://node.example"
SOLUTION = UUID("018e2c86-9000-72d5-8e74-db7e6cb91272")
CITY = UUID("017cda83-2400-7a98-a195-ae36ced08510")
PLACE = UUID("01a2067e-16e1-72a6-834f-5b4a70a588ca")
ENTRY = register_examples.ENTRY
ADOPTION = UUID("018e4d01-7000-7c11-8a51-2f5b6d0c9e33")
MOMENT = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
NAME = {"de": "PostLotse", "en": "PostLotse"}

LAW = rule_set()
CHATBOT = {"interacts_with_persons": True, "generates_content": True}
RULE_SET = register.RuleSetRef(LAW.id, LAW.law_state, dict(LAW.title), is_current=True)

RECORD = SolutionRecord(
    name=NAME,
    summary={"de": "Ordnet Briefe dem richtigen Amt zu.", "en": "Routes letters."},
    fields_of_action=["VW"],
    phase="operation",
    licenses=Licenses(code="EUPL-1.2"),
    contact=Contact(office="Amt für Digitales", email="digital@auenrode.example"),
)
CITY_REF = OrganizationRef(
    CITY, f"{NODE}/id/organization/{CITY}", "stadt-auenrode", "Stadt Auenrode", "municipality"
)
SOLUTION_REF = SolutionRef(SOLUTION, f"{NODE}/id/solution/{SOLUTION}", "postlotse", NAME)
SOLUTION_ANSWER = solutions.SolutionAnswer(
    id=SOLUTION,
    iri=SOLUTION_REF.iri,
    slug="postlotse",
    state=State.PUBLISHED.value,
    version=1,
    publisher=CITY_REF,
    record=RECORD,
    evidence="none",
    home="",
    is_sample=True,
    published_at=MOMENT,
    updated_at=MOMENT,
)
VERSION = solutions.VersionAnswer(1, MOMENT)
CITATION = """cff-version: 1.2.0
message: Please cite it.
title: PostLotse
authors: [{name: Stadt Auenrode}]
keywords: [Post]
"""

DRAFT = drafts.DraftAnswer(
    id=SOLUTION,
    iri=SOLUTION_REF.iri,
    slug="postlotse",
    state=State.DRAFT.value,
    version=0,
    revision=3,
    publisher=CITY_REF,
    record=RECORD,
    saved_at=MOMENT,
)
SPEC_CHECK = interface_report.report(
    checking.check(b"openapi: 3.0.3\npaths: {}\n", "fall.yaml"), "en"
)
DIFFERENCES = interfaces.InterfaceDifferencesAnswer(
    [
        interfaces.DifferenceAnswer(
            "operation_removed", "/paths/~1a/get", ["GET /a"], "“GET /a” was removed."
        )
    ],
    [],
)
INTERFACE = interfaces.InterfaceAnswer(
    id=ADOPTION,
    name="Fall-API",
    system="",
    direction="provides",
    format="openapi",
    format_version="3.0.3",
    title="Fall-API",
    version="1.0.0",
    verdict="valid_with_warnings",
    checked_at=datetime(2026, 3, 11, 9, tzinfo=UTC),
    tool="Lichtermeer interface check 1",
    sha256="0" * 64,
    claims=[Claim("oparl", "https://auenrode.example/report", date(2026, 3, 1))],
    state="published",
    published_at=datetime(2026, 3, 11, 9, tzinfo=UTC),
    breaking=1,
    problems=SPEC_CHECK.problems,
    differences=DIFFERENCES,
)
FIT = fits.RequirementAnswer(
    required_by="organization",
    system="E-Akte",
    name="Fälle",
    fit="not_met",
    reason="breaks",
    message="“Fall-API” differs from what is required:",
    provided="Fall-API",
    broken=DIFFERENCES.breaking,
)
INTERFACES: list[Struct] = [
    INTERFACE,
    interfaces.InterfaceList([INTERFACE]),
    SPEC_CHECK,
    DIFFERENCES,
    interfaces.InterfaceCheckBody("openapi: 3.0.3", "fall.yaml"),
    interfaces.InterfaceDifferencesBody("openapi: 3.0.3", "openapi: 3.0.3"),
    interfaces.InterfaceBody("Fall-API", document="openapi: 3.0.3"),
    interfaces.CorrectionBody("openapi: 3.0.3", "fall.yaml"),
    interfaces.InterfaceDocumentAnswer("fall.yaml", "0" * 64, b"openapi: 3.0.3"),
    fits.FitAnswer([FIT]),
]

RELEASE = releases.ReleaseAnswer(ADOPTION, "1.4", date(2026, 3, 11), {"de": "Läuft schneller."})
ORGANIZATION = organizations.OrganizationAnswer(
    id=CITY,
    iri=CITY_REF.iri,
    slug="stadt-auenrode",
    kind="municipality",
    name="Stadt Auenrode",
    country="DE",
    municipality=MunicipalityRef(PLACE, f"{NODE}/id/municipality/{PLACE}", "059980000001"),
    website="https://auenrode.example",
    email="poststelle@auenrode.example",
    about={},
    verified_on=None,
    is_sample=True,
    updated_at=MOMENT,
)
MUNICIPALITY = municipalities.MunicipalityAnswer(
    id=PLACE,
    iri=f"{NODE}/id/municipality/{PLACE}",
    ars="059980000001",
    ags="05998001",
    kind="municipality",
    name="Auenrode",
    designation="Stadt",
    land="05",
    size_class="4",
    population=81_000,
    lon=7.6,
    lat=51.4,
    postcode="58999",
    as_of=date(2026, 1, 1),
    source="Sample",
    is_sample=True,
    merged_on=None,
)
_USE = {
    "id": ADOPTION,
    "iri": f"{NODE}/id/adoption/{ADOPTION}",
    "solution": SOLUTION_REF,
    "organization": CITY_REF,
    "stage": "live",
    "since": date(2026, 3, 11),
    "release": "1.4",
    "reused_from": None,
    "adaptations": {"de": "Eigene Ämterliste."},
    "operator": "IT-Verbund",
    "ended_reason": "",
    "ended_note": {},
    "contact_allowed": True,
    "confirmed_on": date(2026, 11, 2),
    "revision": 2,
    "is_sample": True,
    "updated_at": MOMENT,
}
ADOPTION_ITEM = adoptions.AdoptionItem(**_USE)  # type: ignore[arg-type]
ADOPTION_ANSWER = adoptions.AdoptionAnswer(
    **_USE,  # type: ignore[arg-type]
    steps=[
        adoptions.StepAnswer("pilot", date(2025, 9, 1)),
        adoptions.StepAnswer("live", date(2026, 3, 11)),
    ],
)
CODE = taxonomy.CodeAnswer("live", {"de": "Betrieb", "en": "Live"}, "", [])
STAGE_TITLE = {"de": "Stufe der Nachnutzung", "en": "Stage of adoption"}
NEXT = f"{NODE}/api/v1/solutions?limit=50&after=i018e2c86900072d58e74db7e6cb91272-1092"

PERSON = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e70")
SESSION = sessions.SessionAnswer(
    id=SOLUTION,
    browser="Firefox · Linux",
    network="192.0.*.*",
    way="passkey",
    has_two_factors=True,
    is_current=True,
    created_at=MOMENT,
    last_used_at=MOMENT,
    expires_at=MOMENT,
)
WATCH = account.WatchAnswer(
    UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e71"), "solution", SOLUTION, SOLUTION_REF.iri, MOMENT
)
SAVED_SEARCH = account.SavedSearchAnswer(
    UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e72"),
    "Posteingang in Pilotphase",
    "q=Posteingang&phase=pilot",
    f"{NODE}/de/loesungen?q=Posteingang&phase=pilot",
    MOMENT,
)

NOTICE = notices.NoticeAnswer(
    id=UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e73"),
    event="watched_changed",
    kind="solution",
    thing_id=SOLUTION,
    thing=SOLUTION_REF.iri,
    cause="solution.revised",
    times=2,
    at=MOMENT,
    read_at=None,
)
PERSON_ANSWER = administration.PersonAnswer(
    id=PERSON,
    name="Jule Hansen",
    email="hansen@auenrode.example",
    is_moderator=False,
    is_steward=False,
    suspended_at=None,
    created_at=MOMENT,
)
MAINTENANCE = {"de": "Wartung am Abend.", "en": "Maintenance tonight."}
ANNOUNCEMENT = administration.AnnouncementAnswer(
    UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74"), MAINTENANCE, "warn", MOMENT, MOMENT
)
METRIC = impact.MetricAnswer.from_metric(metric_of("processing_time"))
FINDING = impact.FindingAnswer(
    metric="processing_time",
    synthesis=impact.SynthesisAnswer(
        k=4,
        method="REML",
        estimate=-0.22,
        se=0.05,
        interval=impact.Range(-0.38, -0.06),
        prediction=impact.Range(-0.61, 0.17),
        tau2=0.006,
        i2=58.2,
        q=7.1,
        q_p=0.07,
    ),
    expectation=impact.ExpectationAnswer(
        middle=-0.22,
        range_80=impact.Range(-0.4, -0.05),
        range_95=impact.Range(-0.62, 0.18),
        improves=0.93,
        improves_relevantly=0.84,
        by_population=False,
        is_outside=False,
    ),
    deployments=6,
    silent=2,
    withheld=0,
    effects=[
        impact.EffectAnswer(
            id=UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e75"),
            organization=CITY_REF,
            yi=-0.25,
            vi=0.004,
            cases=320,
            level=2,
            reasons=["before-and-after"],
            rule_set="1.0",
            period_end=date(2026, 3, 11),
            is_sample=True,
        )
    ],
)
WISH = notices.WishBody(Event.WATCHED_CHANGED, on_site=True, rhythm=Rhythm.WEEKLY)

EXAMPLES: dict[type[Struct], Struct] = {
    **{
        type(example): example
        for example in (
            SOLUTION_ANSWER,
            RECORD,
            solutions.SolutionPage([SOLUTION_ANSWER], NEXT),
            solutions.VersionList([VERSION]),
            solutions.VersionRecordAnswer(1, MOMENT, RECORD),
            DRAFT,
            drafts.DraftList([DRAFT]),
            drafts.DraftBody(CITY, RECORD),
            draft_files.FileBody(CITATION, "CITATION.cff"),
            draft_files.FileTakeBody(CITATION, "CITATION.cff", ["keywords"]),
            draft_files.FileComparison(
                "citation",
                '"3-8f14e45fceea167a5a36"',
                [draft_files.FileStatement("keywords", "added", None, ["Post"])],
                [FieldError("commit", "Our record has no place for “commit”.")],
            ),
            drafts.WithdrawalBody("Replaced by a joint development.", None),
            METRIC,
            impact.MetricList([METRIC]),
            impact.ImpactAnswer(
                [FINDING],
                impact.SpreadAnswer(
                    12, 1, 10950, [impact.OutlookAnswer(date(2027, 2, 24), 12.0, 14.0, 18.0)]
                ),
            ),
            RELEASE,
            releases.ReleaseList([RELEASE]),
            releases.ReleaseBody("1.4", date(2026, 3, 11), {"de": "Läuft schneller."}),
            ORGANIZATION,
            organizations.OrganizationPage([ORGANIZATION], None),
            MUNICIPALITY,
            municipalities.MunicipalityPage([MUNICIPALITY], None),
            ADOPTION_ANSWER,
            adoptions.AdoptionPage([ADOPTION_ITEM], None),
            adoptions.UseBody(stage=Stage.LIVE, since=date(2026, 3, 11), release="1.4"),
            adoptions.DeclarationBody(
                solution=SOLUTION, organization=CITY, stage=Stage.PILOT, since=date(2026, 3, 11)
            ),
            adoptions.EndBody(date(2026, 11, 1), "cost", {"de": "Der Betrieb war zu teuer."}),
            search.FoundAnswer(
                total=1,
                page=1,
                size=20,
                corrected=None,
                relaxed=False,
                is_plain=False,
                hits=[search.HitAnswer(7.25, False, SOLUTION_ANSWER)],  # noqa: FBT003 - an example
                facets={
                    "phase": [
                        search.FacetValue("operation", 1, {"de": "Betrieb", "en": "Operation"})
                    ]
                },
            ),
            suggestions.SuggestionsAnswer(
                [SOLUTION_REF],
                ["Posteingang"],
                [suggestions.PlaceSuggestion(MUNICIPALITY.iri, MUNICIPALITY.ars, "Auenrode")],
            ),
            CODE,
            taxonomy.CodeLists([taxonomy.CodeListItem("stage", STAGE_TITLE, "", 5)]),
            taxonomy.CodeListAnswer("stage", STAGE_TITLE, "", [CODE]),
            changes.ChangePage(
                [
                    changes.ChangeAnswer(
                        serial=1092,
                        at=MOMENT,
                        verb="published",
                        kind="solution",
                        thing_id=SOLUTION,
                        thing=SOLUTION_REF.iri,
                        version=1,
                        on_behalf_of=CITY_REF.iri,
                    )
                ],
                None,
            ),
            account.AccountAnswer(
                PERSON,
                "Jule Hansen",
                "hansen@auenrode.example",
                "de",
                is_moderator=False,
                is_steward=False,
                created_at=MOMENT,
                organizations=[account.RoleAnswer(CITY_REF, "lead", MOMENT)],
            ),
            account.ProfileBody("Jule Hansen", "de"),
            sessions.SessionList([SESSION]),
            account.AccountExport({"watches.json": [{"kind": "solution"}]}),
            account.DeletionBody("hansen@auenrode.example"),
            WATCH,
            account.WatchList([WATCH]),
            account.WatchBody(Watchable.SOLUTION, SOLUTION),
            SAVED_SEARCH,
            account.SavedSearchList([SAVED_SEARCH]),
            account.SavedSearchBody("Posteingang in Pilotphase", "q=Posteingang&phase=pilot"),
            account.NameBody("Posteingang"),
            *INTERFACES,
            *MEMBERSHIPS,
            *MODERATION,
            checks.LicenseCheckBody("EUPL-1.2", dependencies=["MIT"]),
            checks.PubliccodeCheckBody("publiccodeYmlVersion: '0.7'\nname: PostLotse\n"),
            publiccode_report.report(
                check_publiccode(b"publiccodeYmlVersion: '0.7'\nname: PostLotse\n"), language="en"
            ),
            license_report.report("EUPL-1.2", language="en", dependencies=["MIT"]),
            license_report.by_part(RECORD, "en"),
            register.RuleSetList([RULE_SET]),
            register.RuleSetAnswer(
                RULE_SET.id,
                1,
                RULE_SET.law_state,
                RULE_SET.title,
                {"de": "Verordnung (EU) 2024/1689", "en": "Regulation (EU) 2024/1689"},
                ["http://data.europa.eu/eli/reg/2024/1689/oj"],
                "",
                [
                    register.QuestionRow(
                        "annex_i",
                        "enum",
                        "none",
                        ["none"],
                        "Art. 6(1)(a)",
                        {"de": "Steckt es in einem Produkt?"},
                    )
                ],
                [
                    register.RuleRow(
                        "H-6",
                        "highrisk",
                        "listed & !exempt",
                        "class=high_risk_annex_iii",
                        "Art. 6(2)",
                        "high_risk",
                        None,
                        "high",
                        None,
                        [],
                        {"de": "Steht in Anhang III."},
                    )
                ],
                {"1": {"de": "Welches Datum gilt?", "en": "Which date applies?"}},
            ),
            register.AssessmentBody({"interacts_with_persons": True}, date(2026, 12, 1)),
            assessment_report.report(LAW, evaluate(LAW, answers(LAW, CHATBOT), date(2026, 12, 1))),
            administration.HealthAnswer(
                "ok", [administration.FindingAnswer("Database", "ok", "SQLite answers, 42.0 MB.")]
            ),
            PERSON_ANSWER,
            administration.PersonList([PERSON_ANSWER]),
            administration.RightsBody(is_moderator=True, is_steward=False),
            administration.AddressBody("hansen@auenrode.example"),
            ANNOUNCEMENT,
            administration.AnnouncementList([ANNOUNCEMENT]),
            administration.AnnouncementBody(MAINTENANCE, Weight.WARN, MOMENT, MOMENT),
            administration.NodeBody(
                "Beispielknoten Auenland",
                "Zweckverband Auenland",
                "Ring 1",
                "post@node.example",
                imprint={},
                privacy={},
            ),
            administration.AuditPage(
                [
                    administration.AuditEntry(
                        serial=1092,
                        at=MOMENT,
                        actor_id=PERSON,
                        actor_name="Jule Hansen",
                        verb="published",
                        kind="solution",
                        thing_id=SOLUTION,
                        version=1,
                        on_behalf_of_id=CITY,
                        public=True,
                    )
                ]
            ),
            NOTICE,
            notices.NoticeList(1, [NOTICE]),
            notices.WishList([WISH]),
            ProblemAnswer(
                title="Unprocessable Entity",
                status=422,
                detail="The field “since” is wrong: Invalid RFC3339 encoded date.",
                remedy="Correct the fields that are named and send the request again.",
                errors=[FieldError("since", "Invalid RFC3339 encoded date")],
            ),
        )
    },
    **register_examples.examples(CITY_REF, SOLUTION_REF, ADOPTION),
    **measurement_examples.examples(ADOPTION),
}
