"""A button that shows its key: icon, words, and the key on a small cap, so that nobody has to learn a list by heart.
The key works wherever the focus is in the window, except where `key` is "" (a plain button).

Ui process, Qt's thread."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QIcon,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from desk.ui import icons, theme
from desk.ui.theme import Size, Space, Type

_CAP_PADDING = 4
_PICTURES_KEPT = 6
_DRESSED_ANEW = (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.PaletteChange)
_INKS = {"primary": "on_accent", "go": "on_go", "danger": "on_danger", "refused": "muted", "refused-quiet": "muted"}


class KeyButton(QPushButton):
    """`role` as in `theme` ("" plain, primary, go, danger, quiet, refused). The words are the accessible name; `name`
    becomes the object name. A disabled or hidden button's key does nothing. `listens` False: the key is shown here,
    and another button does what it does. `shows_words` False: icon and key only, the words are the tooltip."""

    def __init__(
        self,
        name: str,
        words: str,
        key: str = "",
        icon: str = "",
        role: str = "",
        parent: QWidget | None = None,
        *,
        listens: bool = True,
        shows_words: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon_name, self._key, self._shows_words = icon, key, shows_words
        self._shortcut: QShortcut | None = None
        self._widths: tuple[int, int] | None = None
        # By how it looks: drawing one anew takes seven times longer.
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if role:
            self.setProperty("role", role)
        if key and listens:
            self._shortcut = QShortcut(QKeySequence(key), self)
            self._shortcut.setAutoRepeat(False)
            self._shortcut.activated.connect(self.click)
        self.say(words, icon)

    @property
    def key(self) -> str:
        return self._key

    @property
    def listens_alone(self) -> bool:
        """Its key works by itself; else it is shown only."""
        return self._shortcut is not None

    def say(self, words: str, icon: str = "", role: str | None = None) -> None:
        """Change the words, and the icon and role where given."""
        self._icon_name = icon or self._icon_name
        self.setText(words if self._shows_words else "")
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({self._key})" if self._key else words)
        self._widths = None
        if role is not None:
            theme.mark(self, role)
        self.updateGeometry()
        self.update()

    def cap(self) -> str:
        """The key as it stands on the button."""
        return self._key.replace("Return", "Enter").replace("Left", "←").replace("Right", "→")

    def sizeHint(self) -> QSize:
        words, cap = self._measured()
        width = 2 * Space.M + words
        if self._icon_name:
            width += Size.ICON + (Space.XS if self.text() else 0)
        if self._key:
            width += Space.S + cap
        return QSize(width + 2, Size.CONTROL)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = QIcon()
        ratio = self.devicePixelRatioF()
        if not ratio.is_integer():  # a picture would stand between the screen's own points
            self._draw(QStylePainter(self), option)
            return
        dress = (option.state.value, self.size().toTuple(), ratio, self._role(), self._ink().rgba())
        looks = (*dress, self.text(), self._icon_name, self._key)
        picture = self._pictures.get(looks)
        if picture is None:
            if len(self._pictures) == _PICTURES_KEPT:
                self._pictures.clear()
            picture = self._pictures[looks] = self._picture(option, ratio)
        QPainter(self).drawPixmap(0, 0, picture)

    def _picture(self, option: QStyleOptionButton, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QStylePainter(picture, self)
        painter.setFont(self.font())
        self._draw(painter, option)
        painter.end()
        return picture

    def _draw(self, painter: QStylePainter, option: QStyleOptionButton) -> None:
        ink = self._ink()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        wanted = self.sizeHint().width() - 2 * Space.M
        x = max(Space.S, (self.width() - wanted) // 2)
        if self._role() == "row":
            x = Space.S
        lacking = wanted + 2 * Space.S - self.width()
        text, words = self.text(), self._measured()[0]
        if lacking > 0:  # the key stays whole
            words = max(0, words - lacking)
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words)
        if self._icon_name:
            icons.paint(painter, QRect(x, (self.height() - Size.ICON) // 2, Size.ICON, Size.ICON), self._icon_name, ink)
            x += Size.ICON + Space.XS
        painter.setPen(ink)
        painter.drawText(QRect(x, 0, words + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self._key:
            self._paint_cap(painter, x + words + Space.S, ink)

    def changeEvent(self, event: QEvent) -> None:
        self._widths = None  # the font may be another one
        if event.type() in _DRESSED_ANEW:
            self._pictures.clear()
        super().changeEvent(event)

    def _measured(self) -> tuple[int, int]:
        """Widths of words and key cap: asked for a dozen times with every layout, so they are kept."""
        if self._widths is None:
            cap = QFontMetrics(self._cap_font()).horizontalAdvance(self.cap()) + 2 * _CAP_PADDING if self._key else 0
            self._widths = (QFontMetrics(self.font()).horizontalAdvance(self.text()), cap)
        return self._widths

    def _cap_width(self) -> int:
        return self._measured()[1]

    def _paint_cap(self, painter: QStylePainter, x: int, ink: QColor) -> None:
        font = self._cap_font()
        height = QFontMetrics(font).height()
        rect = QRect(x, (self.height() - height) // 2, self._cap_width(), height)
        edge = QColor(ink)
        edge.setAlphaF(0.45)
        painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.cap())

    def _ink(self) -> QColor:
        palette = theme.current()
        if not self.isEnabled():
            return QColor(palette.muted)
        if self.isChecked() or self.isDown():
            return QColor(palette.on_accent_soft)
        return QColor(getattr(palette, _INKS.get(self._role(), "text")))

    def _role(self) -> str:
        return str(self.property("role"))

    def _cap_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(Type.CAPTION - 1)
        return font
