"""The whole application's stylesheet: what each role looks like. `desk.ui.theme` fills in colours and sizes. No Qt."""

# Roles of QLabel: title, big, strong, caption, muted, error, ok, warning, key, chip, chip-accent, chip-warn,
# chip-danger, chip-go.
# Roles of QFrame: panel, card, card-chosen, strip, strip-ringing, strip-up, strip-held, strip-late, strip-accent,
# lamps, line, popup, banner-accent, banner-go, banner-warn, banner-danger (their labels take the banner's ink).
# Roles of QPushButton and QToolButton: "" (plain), primary, go, danger, quiet, row, pick (a chip to be switched),
# refused, refused-quiet (greyed, and still answers why not).
# A field that was refused has the property wrong = true.
SHEET = """
QWidget {{ font-size: {body}px; color: {text}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: {xs}px; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[role="big"] {{ font-size: {big}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="caption"] {{ font-size: {caption}px; color: {muted}; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ color: {danger}; }}
QLabel[role="ok"] {{ color: {go}; }}
QLabel[role="warning"] {{ color: {warn}; }}
QLabel[role="key"] {{ font-size: {caption}px; color: {muted}; border: 1px solid {border}; border-radius: 3px;
    padding: 0 {xs}px; }}
QLabel[role^="chip"] {{ font-size: {caption}px; border-radius: 9px; padding: 1px {s}px; background: {raised};
    color: {text}; border: 1px solid {line}; }}
QLabel[role="chip-accent"] {{ background: {accent_soft}; color: {on_accent_soft}; border-color: {accent_soft}; }}
QLabel[role="chip-warn"] {{ background: {warn_soft}; color: {on_warn_soft}; border-color: {warn_soft}; }}
QLabel[role="chip-danger"] {{ background: {danger_soft}; color: {on_danger_soft}; border-color: {danger_soft}; }}
QLabel[role="chip-go"] {{ background: {go_soft}; color: {on_go_soft}; border-color: {go_soft}; }}

QFrame[role="panel"] {{ background: {panel}; border: 1px solid {line}; border-radius: {radius}px; }}
QFrame[role="card"] {{ background: {raised}; border: 1px solid {line}; border-radius: {radius}px; }}
QFrame[role="card-chosen"] {{ background: {accent_soft}; border: 1px solid {accent}; border-radius: {radius}px; }}
QFrame[role="strip"] {{ background: {panel}; border: none; border-bottom: 1px solid {line}; }}
QFrame[role="strip-ringing"] {{ background: {go_soft}; border: none; border-bottom: 2px solid {go}; }}
QFrame[role="strip-up"] {{ background: {panel}; border: none; border-bottom: 2px solid {accent}; }}
QFrame[role="strip-held"] {{ background: {warn_soft}; border: none; border-bottom: 2px solid {warn}; }}
QFrame[role="strip-late"] {{ background: {danger_soft}; border: none; border-bottom: 2px solid {danger}; }}
QFrame[role="strip-late"] QLabel {{ color: {on_danger_soft}; }}
QFrame[role="strip-accent"] {{ background: {accent_soft}; border: none; border-bottom: 2px solid {accent}; }}
QFrame[role="strip-accent"] QLabel {{ color: {on_accent_soft}; }}
QFrame[role="lamps"] {{ background: {panel}; border: none; border-top: 1px solid {line}; }}
QFrame[role="banner-warn"] {{ background: {warn_soft}; border: 1px solid {warn}; border-radius: {radius}px; }}
QFrame[role="banner-warn"] QLabel {{ color: {on_warn_soft}; }}
QFrame[role="banner-danger"] {{ background: {danger_soft}; border: 1px solid {danger}; border-radius: {radius}px; }}
QFrame[role="banner-danger"] QLabel {{ color: {on_danger_soft}; }}
QFrame[role="banner-go"] {{ background: {go_soft}; border: 1px solid {go}; border-radius: {radius}px; }}
QFrame[role="banner-go"] QLabel {{ color: {on_go_soft}; }}
QFrame[role="banner-accent"] {{ background: {accent_soft}; border: 1px solid {accent}; border-radius: {radius}px; }}
QFrame[role="banner-accent"] QLabel {{ color: {on_accent_soft}; }}
QFrame[role="popup"] {{ background: {panel}; border: 1px solid {border}; border-radius: {radius}px; }}
QFrame[role="line"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}

QPushButton, QToolButton {{ background: {panel}; color: {text}; border: 1px solid {border};
    border-radius: {radius}px; padding: 0 {m}px; min-height: {inner}px; }}
QPushButton:hover, QToolButton:hover {{ background: {raised}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked {{ background: {accent_soft}; color: {on_accent_soft};
    border-color: {accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {muted}; border-color: {line}; background: transparent; }}
QPushButton:focus, QToolButton:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton[role="go"] {{ background: {go}; color: {on_go}; border-color: {go}; }}
QPushButton[role="danger"] {{ background: {danger}; color: {on_danger}; border-color: {danger}; }}
QPushButton[role="primary"]:disabled, QPushButton[role="go"]:disabled, QPushButton[role="danger"]:disabled {{
    background: transparent; color: {muted}; border-color: {line}; }}
QPushButton[role="primary"]:focus, QPushButton[role="go"]:focus, QPushButton[role="danger"]:focus {{
    border: {focus}px solid {text}; }}
QPushButton[role="quiet"] {{ background: transparent; border-color: transparent; }}
QPushButton[role="quiet"]:hover {{ background: {raised}; }}
QPushButton[role="quiet"]:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="refused"] {{ background: transparent; color: {muted}; border-color: {line}; }}
QPushButton[role="refused-quiet"] {{ background: transparent; color: {muted}; border-color: transparent; }}
QPushButton[role="pick"] {{ font-size: {caption}px; border-radius: 10px; padding: 0 {s}px; min-height: 22px;
    color: {muted}; border-style: dashed; }}
QPushButton[role="pick"]:checked {{ background: {accent_soft}; color: {on_accent_soft}; border: 1px solid {accent}; }}
QPushButton[role="pick"]:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="row"] {{ background: transparent; border: 1px solid transparent; text-align: left;
    padding: {xs}px {s}px; }}
QPushButton[role="row"]:hover {{ background: {raised}; }}
QPushButton[role="row"]:focus {{ border: {focus}px solid {accent}; background: {raised}; }}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{ background: {panel}; color: {text}; border: 1px solid {border};
    border-radius: {radius}px; padding: 0 {s}px; selection-background-color: {accent};
    selection-color: {on_accent}; }}
QLineEdit, QComboBox {{ min-height: {inner}px; }}
QPlainTextEdit, QTextEdit {{ padding: {xs}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{ border: {focus}px solid {accent}; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] {{ border: {focus}px solid {danger}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: {muted}; border-color: {line}; }}
QLineEdit:read-only {{ background: {raised}; }}

QComboBox::drop-down {{ border: none; width: 26px; }}
QComboBox QAbstractItemView {{ background: {panel}; color: {text}; border: 1px solid {border};
    selection-background-color: {accent_soft}; selection-color: {on_accent_soft}; outline: none; }}

QListView, QListWidget {{ background: {panel}; border: none; outline: none; }}
QListView::item {{ border-radius: 4px; padding: {xs}px {s}px; }}
QListView::item:hover {{ background: {raised}; }}
QListView::item:selected {{ background: {accent_soft}; color: {on_accent_soft}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {border}; border-radius: 3px; min-height: 32px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollBar:horizontal {{ height: 0; }}
"""
