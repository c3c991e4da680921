"""Handlers that run in threads, and the two addresses of every page.

A page has a German address under ``/de`` and an English one under ``/en``; ``ADDRESSES`` is the
table of both. ``address`` writes one, ``paths`` gives both to a route.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial, wraps
from typing import Any
from urllib.parse import quote, urlencode

import litestar
from anyio.to_thread import run_sync
from litestar.handlers import HTTPRouteHandler

Path = str | list[str]
Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]


def get(path: Path, **options: Any) -> Decorator:
    """A handler that reads, run in a thread."""
    return lambda handler: litestar.get(path, **options)(_in_thread(handler))


def post(path: Path, **options: Any) -> Decorator:
    """A handler that writes, run in a thread."""
    return lambda handler: litestar.post(path, status_code=200, **options)(_in_thread(handler))


def route(method: str, path: Path, **options: Any) -> Decorator:
    """A handler for any method, run in a thread."""
    return lambda handler: litestar.route(path, http_method=method, **options)(  # type: ignore[arg-type]
        _in_thread(handler)
    )


def _in_thread(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    # Litestar's own sync_to_thread wraps a handler once for each of its paths, so with two
    # addresses the thread would return a coroutine instead of an answer.
    @wraps(handler)
    async def run(**arguments: Any) -> Any:
        return await run_sync(partial(handler, **arguments))

    return run


LANGUAGES = ("de", "en")

ADDRESSES: dict[str, tuple[str, str]] = {
    "start": ("", ""),
    "search": ("loesungen", "solutions"),
    "solution": ("loesungen/{slug}", "solutions/{slug}"),
    "solution_sheet": ("loesungen/{slug}/kurzblatt", "solutions/{slug}/sheet"),
    "error_report": ("loesungen/{slug}/fehler-melden", "solutions/{slug}/report-error"),
    "declare": ("loesungen/{slug}/nachnutzung", "solutions/{slug}/adoption"),
    "adoption": ("nachnutzungen/{id}", "adoptions/{id}"),
    "adoption_end": ("nachnutzungen/{id}/beenden", "adoptions/{id}/end"),
    "adoption_confirm": ("nachnutzungen/{id}/bestaetigen", "adoptions/{id}/confirm"),
    "adoption_retract": ("nachnutzungen/{id}/zuruecknehmen", "adoptions/{id}/retract"),
    "my_solutions": ("meine-loesungen", "my-solutions"),
    "new_solution": ("meine-loesungen/neu", "my-solutions/new"),
    "draft": ("meine-loesungen/{id}", "my-solutions/{id}"),
    "draft_section": (
        "meine-loesungen/{id}/angaben/{section}",
        "my-solutions/{id}/facts/{section}",
    ),
    "draft_preview": ("meine-loesungen/{id}/vorschau", "my-solutions/{id}/preview"),
    "draft_publish": ("meine-loesungen/{id}/veroeffentlichen", "my-solutions/{id}/publish"),
    "draft_submit": ("meine-loesungen/{id}/einreichen", "my-solutions/{id}/submit"),
    "draft_take_back": ("meine-loesungen/{id}/zuruecknehmen", "my-solutions/{id}/take-back"),
    "draft_revise": ("meine-loesungen/{id}/bearbeiten", "my-solutions/{id}/revise"),
    "draft_discard": ("meine-loesungen/{id}/verwerfen", "my-solutions/{id}/discard"),
    "deletion": ("meine-loesungen/{id}/loeschen", "my-solutions/{id}/delete"),
    "withdraw": ("meine-loesungen/{id}/zurueckziehen", "my-solutions/{id}/withdraw"),
    "versions": ("meine-loesungen/{id}/fassungen", "my-solutions/{id}/versions"),
    "version_restore": ("meine-loesungen/{id}/wiederherstellen", "my-solutions/{id}/restore"),
    "draft_file": ("meine-loesungen/{id}/datei", "my-solutions/{id}/file"),
    "draft_file_take": ("meine-loesungen/{id}/datei/uebernehmen", "my-solutions/{id}/file/take"),
    "releases": ("meine-loesungen/{id}/softwareversionen", "my-solutions/{id}/releases"),
    "draft_interfaces": ("meine-loesungen/{id}/schnittstellen", "my-solutions/{id}/interfaces"),
    "draft_interface": (
        "meine-loesungen/{id}/schnittstellen/{spec}",
        "my-solutions/{id}/interfaces/{spec}",
    ),
    "draft_interface_decide": (
        "meine-loesungen/{id}/schnittstellen/{spec}/entscheiden",
        "my-solutions/{id}/interfaces/{spec}/decide",
    ),
    "interface": ("loesungen/{slug}/schnittstellen/{id}", "solutions/{slug}/interfaces/{id}"),
    "interface_differences": (
        "loesungen/{slug}/schnittstellen/{id}/unterschiede",
        "solutions/{slug}/interfaces/{id}/differences",
    ),
    "interface_document": (
        "loesungen/{slug}/schnittstellen/{id}/dokument",
        "solutions/{slug}/interfaces/{id}/document",
    ),
    "solution_fit": ("loesungen/{slug}/passt", "solutions/{slug}/fit"),
    "organization_interfaces": (
        "organisationen/{slug}/schnittstellen",
        "organizations/{slug}/interfaces",
    ),
    "organization_interface_discard": (
        "organisationen/{slug}/schnittstellen/entfernen",
        "organizations/{slug}/interfaces/remove",
    ),
    "moderation": ("moderation", "moderation"),
    "moderation_log": ("moderation/protokoll", "moderation/log"),
    "moderation_duplicates": ("moderation/dubletten", "moderation/duplicates"),
    "moderation_synonyms": ("moderation/synonyme", "moderation/synonyms"),
    "moderation_synonym": ("moderation/synonyme/{id}", "moderation/synonyms/{id}"),
    "moderation_synonym_retire": (
        "moderation/synonyme/{id}/stilllegen",
        "moderation/synonyms/{id}/retire",
    ),
    "text_blocks": ("moderation/textbausteine", "moderation/text-blocks"),
    "text_block": ("moderation/textbausteine/{id}", "moderation/text-blocks/{id}"),
    "text_block_retire": (
        "moderation/textbausteine/{id}/stilllegen",
        "moderation/text-blocks/{id}/retire",
    ),
    "code_lists": ("moderation/codelisten", "moderation/code-lists"),
    "code_list": ("moderation/codelisten/{list}", "moderation/code-lists/{list}"),
    "code": ("moderation/codelisten/{list}/{code}", "moderation/code-lists/{list}/{code}"),
    "code_retire": (
        "moderation/codelisten/{list}/{code}/stilllegen",
        "moderation/code-lists/{list}/{code}/retire",
    ),
    "moderation_case": ("moderation/faelle/{id}", "moderation/cases/{id}"),
    "moderation_message": ("moderation/faelle/{id}/nachricht", "moderation/cases/{id}/message"),
    "moderation_undo": ("moderation/faelle/{id}/rueckgaengig", "moderation/cases/{id}/undo"),
    "moderation_organizations": ("moderation/organisationen", "moderation/organizations"),
    "moderation_organization": ("moderation/organisationen/{id}", "moderation/organizations/{id}"),
    "moderation_request": (
        "moderation/organisationen/antraege/{id}",
        "moderation/organizations/requests/{id}",
    ),
    "moderation_verify": (
        "moderation/organisationen/{id}/verifizieren",
        "moderation/organizations/{id}/verify",
    ),
    "moderation_unverify": (
        "moderation/organisationen/{id}/verifizierungen/{verification}",
        "moderation/organizations/{id}/verifications/{verification}",
    ),
    "moderation_merge": (
        "moderation/organisationen/{id}/zusammenlegen",
        "moderation/organizations/{id}/merge",
    ),
    "organization_error_report": (
        "organisationen/{slug}/fehler-melden",
        "organizations/{slug}/report-error",
    ),
    "organization": ("organisationen/{slug}", "organizations/{slug}"),
    "join": ("organisationen/{slug}/beitreten", "organizations/{slug}/join"),
    "claim": ("organisationen/{slug}/uebernehmen", "organizations/{slug}/claim"),
    "request_organization": ("organisation-beantragen", "request-organization"),
    "management": ("organisation/{id}", "organization/{id}"),
    "members": ("organisation/{id}/mitglieder", "organization/{id}/members"),
    "member": ("organisation/{id}/mitglieder/{member}", "organization/{id}/members/{member}"),
    "leave": ("organisation/{id}/verlassen", "organization/{id}/leave"),
    "verify": ("organisation/{id}/verifizieren", "organization/{id}/verify"),
    "invitations": ("organisation/{id}/einladungen", "organization/{id}/invitations"),
    "sent_invitation": (
        "organisation/{id}/einladungen/{invitation}",
        "organization/{id}/invitations/{invitation}",
    ),
    "join_requests": ("organisation/{id}/beitrittsanfragen", "organization/{id}/join-requests"),
    "join_request": (
        "organisation/{id}/beitrittsanfragen/{request_id}",
        "organization/{id}/join-requests/{request_id}",
    ),
    "deputies": ("organisation/{id}/vertretungen", "organization/{id}/deputies"),
    "deputy": ("organisation/{id}/vertretungen/{deputy}", "organization/{id}/deputies/{deputy}"),
    "vouches": ("organisation/{id}/buergschaften", "organization/{id}/vouches"),
    "vouch": (
        "organisation/{id}/buergschaften/{verification}",
        "organization/{id}/vouches/{verification}",
    ),
    "api_keys": ("organisation/{id}/schluessel", "organization/{id}/keys"),
    "api_key": ("organisation/{id}/schluessel/{key}", "organization/{id}/keys/{key}"),
    "organization_settings": ("organisation/{id}/einstellungen", "organization/{id}/settings"),
    "organization_export": ("organisation/{id}/export", "organization/{id}/export"),
    "organization_export_file": ("organisation/{id}/export/datei", "organization/{id}/export/file"),
    "invitation": ("einladungen/{token}", "invitations/{token}"),
    "municipalities": ("kommunen", "municipalities"),
    "municipality": ("kommunen/{ars}/{slug}", "municipalities/{ars}/{slug}"),
    "lights": ("lichter", "lights"),
    "register_entries": ("ki-transparenzregister", "transparency-register"),
    "register_entry": (
        "ki-transparenzregister/eintraege/{slug}",
        "transparency-register/entries/{slug}",
    ),
    "register_versions": (
        "ki-transparenzregister/eintraege/{slug}/fassungen",
        "transparency-register/entries/{slug}/versions",
    ),
    "register_sheet": (
        "ki-transparenzregister/eintraege/{slug}/formate/{form}/blatt",
        "transparency-register/entries/{slug}/forms/{form}/sheet",
    ),
    "register_in_form": (
        "ki-transparenzregister/formate/{form}/eintraege",
        "transparency-register/forms/{form}/entries",
    ),
    "register_feedback": (
        "ki-transparenzregister/eintraege/{slug}/rueckmeldung",
        "transparency-register/entries/{slug}/feedback",
    ),
    "register_coverage": (
        "ki-transparenzregister/abdeckung",
        "transparency-register/coverage",
    ),
    "solution_impact": ("loesungen/{slug}/wirkung", "solutions/{slug}/impact"),
    "metrics": ("kennzahlen", "metrics"),
    "metric": ("kennzahlen/{metric}", "metrics/{metric}"),
    "measurements": ("nachnutzungen/{id}/messungen", "adoptions/{id}/measurements"),
    "measurement": (
        "nachnutzungen/{id}/messungen/{measurement}",
        "adoptions/{id}/measurements/{measurement}",
    ),
    "measurement_series": ("nachnutzungen/{id}/messreihe", "adoptions/{id}/series"),
    "comparison_plan": ("nachnutzungen/{id}/vergleichsplan", "adoptions/{id}/comparison-plan"),
    "solution_uses": ("loesungen/{slug}/nachnutzungen", "solutions/{slug}/adoptions"),
    "solution_releases": ("loesungen/{slug}/versionen", "solutions/{slug}/releases"),
    "solution_changes": ("loesungen/{slug}/aenderungen", "solutions/{slug}/changes"),
    "solution_curve": ("loesungen/{slug}/verlauf", "solutions/{slug}/curve"),
    "organization_solutions": (
        "organisationen/{slug}/loesungen",
        "organizations/{slug}/solutions",
    ),
    "organization_uses": (
        "organisationen/{slug}/nachnutzungen",
        "organizations/{slug}/adoptions",
    ),
    "municipality_uses": (
        "kommunen/{ars}/{slug}/nachnutzungen",
        "municipalities/{ars}/{slug}/adoptions",
    ),
    "my_entries": ("meine-registereintraege", "my-register-entries"),
    "entries_zero": ("meine-registereintraege/nichts", "my-register-entries/nothing"),
    "entry_feedback": (
        "meine-registereintraege/rueckmeldungen",
        "my-register-entries/feedback",
    ),
    "entry_message": (
        "meine-registereintraege/rueckmeldungen/{id}",
        "my-register-entries/feedback/{id}",
    ),
    "entry_draft": ("meine-registereintraege/{id}", "my-register-entries/{id}"),
    "entry_section": (
        "meine-registereintraege/{id}/angaben/{section}",
        "my-register-entries/{id}/facts/{section}",
    ),
    "entry_classify": (
        "meine-registereintraege/{id}/einstufen",
        "my-register-entries/{id}/classify",
    ),
    "impact": ("wirkung", "impact"),
    "synthesis": ("wirkung/{slug}/{metric}", "impact/{slug}/{metric}"),
    "data": ("daten", "data"),
    "data_codebook": ("daten/spalten", "data/columns"),
    "data_file": ("daten/{dump}/{file}", "data/{dump}/{file}"),
    "rules": ("ki-transparenzregister/regeln", "transparency-register/rules"),
    "rule": ("ki-transparenzregister/regeln/{rule}", "transparency-register/rules/{rule}"),
    "law_questions": ("ki-transparenzregister/fragen", "transparency-register/questions"),
    "assess": ("ki-transparenzregister/einstufung", "transparency-register/assessment"),
    "assess_result": (
        "ki-transparenzregister/einstufung/ergebnis",
        "transparency-register/assessment/result",
    ),
    "assess_document": (
        "ki-transparenzregister/einstufung/ergebnis.json",
        "transparency-register/assessment/result.json",
    ),
    "publiccode_check": ("publiccode-pruefen", "publiccode-check"),
    "api": ("api", "api"),
    "api_reference": ("api/referenz", "api/reference"),
    "suggestions": ("vorschlaege", "suggestions"),
    "sorting": ("so-sortieren-wir", "how-we-sort"),
    "building_blocks": ("bausteine", "building-blocks"),
    "plain_language": ("leichte-sprache", "easy-language"),
    "sign_language": ("gebaerdensprache", "sign-language"),
    "accessibility": ("barrierefreiheit", "accessibility"),
    "imprint": ("impressum", "imprint"),
    "privacy": ("datenschutz", "privacy"),
    "account": ("konto", "account"),
    "own_invitation": ("konto/einladungen/{id}", "account/invitations/{id}"),
    "own_join_request": ("konto/beitrittsanfragen/{id}", "account/join-requests/{id}"),
    "own_organization_request": (
        "konto/organisationsantraege/{id}",
        "account/organization-requests/{id}",
    ),
    "own_data": ("konto/daten", "account/data"),
    "own_data_file": ("konto/daten/datei", "account/data/file"),
    "account_delete": ("konto/loeschen", "account/delete"),
    "notices": ("konto/mitteilungen", "account/notices"),
    "notice_read": ("konto/mitteilungen/{id}/gelesen", "account/notices/{id}/read"),
    "notice_settings": ("konto/benachrichtigungen", "account/notifications"),
    "unsubscribe": ("abbestellen/{token}", "unsubscribe/{token}"),
    "watches": ("konto/beobachtungen", "account/watches"),
    "saved_searches": ("konto/suchen", "account/searches"),
    "saved_search": ("konto/suchen/{id}", "account/searches/{id}"),
    "saved_search_delete": ("konto/suchen/{id}/loeschen", "account/searches/{id}/delete"),
    "administration": ("verwaltung", "administration"),
    "admin_people": ("verwaltung/personen", "administration/people"),
    "admin_person": ("verwaltung/personen/{id}", "administration/people/{id}"),
    "admin_suspend": ("verwaltung/personen/{id}/sperren", "administration/people/{id}/suspend"),
    "admin_readmit": ("verwaltung/personen/{id}/entsperren", "administration/people/{id}/readmit"),
    "admin_organizations": ("verwaltung/organisationen", "administration/organizations"),
    "admin_node": ("verwaltung/knoten", "administration/node"),
    "announcements": ("verwaltung/ankuendigungen", "administration/announcements"),
    "announcement_end": (
        "verwaltung/ankuendigungen/{id}/beenden",
        "administration/announcements/{id}/end",
    ),
    "audit": ("verwaltung/protokoll", "administration/log"),
    "sign_in": ("anmelden", "sign-in"),
    "second_step": ("anmelden/zweiter-schritt", "sign-in/second-step"),
    "passkey_question": ("anmelden/passkey/frage", "sign-in/passkey/question"),
    "passkey_sign_in": ("anmelden/passkey", "sign-in/passkey"),
    "openid": ("anmelden/dienst/{provider}", "sign-in/service/{provider}"),
    "sign_out": ("abmelden", "sign-out"),
    "signed_out": ("abgemeldet", "signed-out"),
    "register": ("registrieren", "register"),
    "register_again": ("registrieren/noch-einmal", "register/again"),
    "set_up": ("konto/einrichten/{token}", "account/set-up/{token}"),
    "forgotten": ("passwort-vergessen", "forgotten-password"),
    "reset_password": ("passwort-neu/{token}", "new-password/{token}"),
    "confirm_address": ("konto/adresse-bestaetigen/{token}", "account/confirm-address/{token}"),
    "confirm_person": ("konto/bestaetigen", "account/confirm"),
    "confirm_passkey": ("konto/bestaetigen/passkey", "account/confirm/passkey"),
    "security": ("konto/sicherheit", "account/security"),
    "change_password": ("konto/sicherheit/passwort", "account/security/password"),
    "change_address": ("konto/sicherheit/adresse", "account/security/address"),
    "code_app": ("konto/sicherheit/code-app", "account/security/code-app"),
    "code_app_remove": ("konto/sicherheit/code-app/entfernen", "account/security/code-app/remove"),
    "recovery_codes": ("konto/sicherheit/ersatzcodes", "account/security/recovery-codes"),
    "passkeys": ("konto/sicherheit/passkeys", "account/security/passkeys"),
    "new_passkey": ("konto/sicherheit/passkeys/frage", "account/security/passkeys/question"),
    "passkey_remove": (
        "konto/sicherheit/passkeys/{id}/entfernen",
        "account/security/passkeys/{id}/remove",
    ),
    "logins_end": ("konto/sicherheit/anmeldungen", "account/security/sign-ins"),
    "identity_link": ("konto/sicherheit/dienst/{provider}", "account/security/service/{provider}"),
    "identity_remove": (
        "konto/sicherheit/dienste/{id}/entfernen",
        "account/security/services/{id}/remove",
    ),
}


def paths(name: str) -> list[str]:
    """Both addresses of a page as a route wants them: ``{slug}`` becomes ``{slug:str}``."""
    return [
        f"/{language}/{tail.replace('}', ':str}')}".rstrip("/") or "/"
        for language, tail in zip(LANGUAGES, ADDRESSES[name], strict=True)
    ]


def address(name: str, language: str, /, query: object = (), **parts: str) -> str:
    """The address of a page in a language, its parts escaped, with a query string if one is given.

    Raises ``KeyError`` for a page that does not exist or a part that is missing.
    """
    tail = ADDRESSES[name][LANGUAGES.index(language)]
    path = tail.format_map({key: quote(value, safe="") for key, value in parts.items()})
    encoded = urlencode(query, doseq=True) if query else ""  # type: ignore[arg-type]
    return f"/{language}/{path}".rstrip("/") + (f"?{encoded}" if encoded else "")


def is_own(wanted: str) -> bool:
    """Whether ``wanted`` is an address of this node and of no other.

    A second slash or a backslash would name another host, a line break a header of its own.
    """
    begins_well = wanted.startswith("/") and not wanted.startswith("//")
    return begins_well and all(c.isprintable() and c != "\\" for c in wanted)


def other_language(path: str) -> str:
    """The address of the same page in the other language; the start page where there is none."""
    segments = path.strip("/").split("/")
    if not segments or segments[0] not in LANGUAGES:
        return "/en"
    here = LANGUAGES.index(segments[0])
    there = 1 - here
    for pattern, tail in _of_length(here, len(segments) - 1):
        found = _match(pattern, segments[1:])
        if found is not None:
            return "/" + "/".join([LANGUAGES[there], *_fill(tail, found)])
    return f"/{LANGUAGES[there]}"


@cache
def _of_length(here: int, segments: int) -> Sequence[tuple[list[str], str]]:
    """The addresses of so many segments in one language, each with that in the other."""
    split = [
        (tails[here].split("/") if tails[here] else [], tails[1 - here])
        for tails in ADDRESSES.values()
    ]
    return [pair for pair in split if len(pair[0]) == segments]


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            found[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return found


def _fill(tail: str, parts: dict[str, str]) -> list[str]:
    return [parts[s[1:-1]] if s.startswith("{") else s for s in tail.split("/") if s]
