"""What the node writes to people about their accounts, in each one's language."""

from dataclasses import dataclass

from marketplace.accounts.one_time_links import Purpose
from marketplace.mail.letters import Letter, Link
from marketplace.routing import address
from marketplace.translations import message, translations

PAGES = {
    Purpose.SET_UP: "set_up",
    Purpose.RESET: "reset_password",
    Purpose.ADDRESS: "confirm_address",
}
"""Purpose of a link → the page that it leads to."""

NOTICES = {
    "password_changed": message("The password of your account was changed."),
    "address_changed": message(
        "The e-mail address of your account was changed. This one no longer counts."
    ),
    "code_app_added": message("A code app was added to your account."),
    "code_app_removed": message("The code app was removed from your account."),
    "passkey_added": message("A passkey was added to your account."),
    "passkey_removed": message("A passkey was removed from your account."),
    "recovery_codes_renewed": message("New recovery codes were made for your account."),
    "identity_linked": message("Your account was linked to a sign-in service."),
    "identity_unlinked": message("The link to a sign-in service was removed from your account."),
}
"""What a person is told of afterwards, by the verb of the change."""


@dataclass(frozen=True)
class Letters:
    """The letters of a node that readers reach at ``base_url``."""

    base_url: str
    node_name: str

    def href(self, page: str, language: str, **parts: str) -> str:
        """The absolute address of a page."""
        return self.base_url.rstrip("/") + address(page, language, **parts)

    def with_link(self, purpose: Purpose, token: str, *, name: str, language: str) -> Letter:
        """A letter with a one-time link."""
        _ = translations(language).gettext
        subject, paragraph, action, closing = {
            Purpose.SET_UP: (
                _("Open your account"),
                _("An account on %(node)s was asked for with this address. Choose a password now."),
                _("Choose a password"),
                _("The link holds for 24 hours and works once. If it was not you, do nothing."),
            ),
            Purpose.RESET: (
                _("Choose a new password"),
                _("A new password for your account on %(node)s was asked for."),
                _("Choose a new password"),
                _("The link holds for one hour and works once. If it was not you, do nothing."),
            ),
            Purpose.ADDRESS: (
                _("Confirm your new address"),
                _("This address shall belong to an account on %(node)s from now on."),
                _("Confirm address"),
                _("The link holds for 24 hours and works once. If it was not you, do nothing."),
            ),
        }[purpose]  # fmt: skip
        return Letter(
            language=language,
            subject=subject,
            name=name,
            paragraphs=(paragraph % {"node": self.node_name},),
            action=Link(action, self.href(PAGES[purpose], language, token=token)),
            closing=(closing,),
            reason=self.reason(language),
        )

    def invitation(self, token: str, *, name: str, language: str) -> Letter:
        """A letter with a link that an operator gives to a person."""
        _ = translations(language).gettext
        return Letter(
            language=language,
            subject=_("Your account is ready"),
            name=name,
            paragraphs=(
                _("The operator of %(node)s has made an account for you. Choose a password now.")
                % {"node": self.node_name},
            ),
            action=Link(
                _("Choose a password"), self.href(PAGES[Purpose.SET_UP], language, token=token)
            ),
            closing=(_("The link holds for seven days and works once."),),
            reason=self.reason(language),
        )

    def known_already(self, *, name: str, language: str) -> Letter:
        """To the owner of an address with which somebody wanted to open an account."""
        _ = translations(language).gettext
        return Letter(
            language=language,
            subject=_("You have an account already"),
            name=name,
            paragraphs=(
                _("Somebody wanted an account on %(node)s with this address. You have one.")
                % {"node": self.node_name},
                _("If it was you: sign in. If you forgot your password, choose a new one there."),
            ),
            action=Link(_("Sign in"), self.href("sign_in", language)),
            closing=(
                _("If it was not you, do nothing. Nobody was told that you have an account."),
            ),
            reason=self.reason(language),
        )

    def notice(self, what: str, *, name: str, language: str) -> Letter:
        """Something that matters for security has changed."""
        _ = translations(language).gettext
        return Letter(
            language=language,
            subject=_("Change to your account"),
            name=name,
            paragraphs=(_(NOTICES[what]),),
            action=Link(_("Look at sign-in and security"), self.href("security", language)),
            closing=(
                _("If it was not you: choose a new password at once and end all sign-ins."),
                _("Tell the operator of the node as well."),
            ),
            reason=self.reason(language),
        )

    def reason(self, language: str) -> str:
        """Why a mail comes: its last lines."""
        text = translations(language).gettext(
            "You get this mail because your address was entered at %(address)s."
        )
        return text % {"address": self.base_url}
