"""Why something about provisioning cannot be done, in one sentence for whoever asked for it. Any thread."""

from typing import Literal

from desk.faults import Fault
from desk.i18n import _

Why = Literal[
    "code", "unknown_code", "used", "expired", "damaged", "foreign", "unsigned", "changed", "older", "same_version",
    "secret", "settings", "away", "pinned", "list", "no_source",
]  # fmt: skip


class Refused(Fault):
    """Nothing was changed. `why`: for programs; the text is the sentence."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


def not_signed(reason: str) -> Refused:
    """As `desk.signed.NotSigned` gives it, of a company's file."""
    match reason:
        case "foreign":
            return Refused(
                "foreign",
                _("The company's file is signed by somebody else's key. Nothing was changed. Ask IT where it is from."),
            )
        case "unsigned":
            return Refused(
                "unsigned",
                _("The company's file has no signature that can be read. Nothing was changed. Ask IT to sign it anew."),
            )
        case _:
            return Refused(
                "changed",
                _(
                    "The company's file is not what was signed: it was changed, or only half of it arrived. Nothing "
                    "was changed here. Try again; if it stays so, ask IT to sign it anew."
                ),
            )
