"""The keys at the right end of the lamp bar: what the agent does, the window's pages, and going away. What they open is
`MainWindow`'s matter. Ui process, Qt's thread."""

from PySide6.QtCore import Qt

from desk.domain.agent_state import AgentState
from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.telephone import phone_words
from desk.ui.telephone.availability_panel import ICONS as STATE_ICONS


class WindowKeys:
    """`is_guarded`: who signs in has to prove who they are, and can lock. `shown`: those that have a place in the bar,
    from the left; the others belong to no window."""

    def __init__(self, *, is_guarded: bool, has_supervision: bool) -> None:
        self.state = KeyButton("my_state", _("Ready"), "Shift+F9", "check-circle", "quiet")
        self.supervise = _small("supervise", _("Supervise"), "Shift+F7", "ear")
        self.replay = _small("open_replay", _("Recordings"), "Shift+F11", "headphones")
        self.replay.hide()
        self.call_log = _small("open_call_log", _("Call log"), "Ctrl+H", "clock-counter-clockwise")
        self.devices = _small("open_devices", _("Headset"), "F10", "sliders-horizontal")
        self.key_map = _small("open_keys", _("Keys"), "F1", "keyboard")
        self.password = _small("change_password", _("Change my password"), "Ctrl+Shift+P", "key")
        self.lock = _small("lock", _("Lock"), "Ctrl+Shift+L", "lock-simple")
        self.sign_out = _small("sign_out", _("Sign out"), "Ctrl+Shift+O", "sign-out")
        self.shown = (
            self.state,
            *((self.supervise,) if has_supervision else ()),
            self.replay,
            self.call_log,
            self.devices,
            self.key_map,
            *((self.password, self.lock) if is_guarded else ()),
            self.sign_out,
        )
        for button in self.shown:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_state(self, state: AgentState) -> None:
        self.state.say(phone_words.agent_state(state), STATE_ICONS[state])

    def allow(self, *, works: bool, supervises: bool) -> None:
        """`works`: somebody is signed in, and the window is not locked."""
        pages = (self.replay, self.call_log, self.devices, self.key_map)
        for key in (self.state, *pages, self.password, self.lock, self.sign_out):
            key.setEnabled(works)
        self.supervise.setEnabled(supervises)


def _small(name: str, words: str, key: str, icon: str) -> KeyButton:
    """Its words are in the tooltip."""
    return KeyButton(name, words, key, icon, "quiet", shows_words=False)
