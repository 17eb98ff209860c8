"""Knowledge by keyboard over the whole window: beside the form without asking, searched, written; questions asked in a
call, answered, told."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.calls import Call, Phase
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.domain.knowledge import Article, Question, QuestionState
from desk.domain.party import Direction, Party
from desk.domain.patches import patch_of
from desk.ui.after.knowledge.page import KnowledgePage
from desk.ui.side.knowledge import KnowledgeSection
from desk.usecases.fakes import FakeAuthor
from tests.ui.harness import Scene
from tests.ui.seat import NOW, offered

NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
BOTH = CTRL | Qt.KeyboardModifier.ShiftModifier


def article(scene: Scene) -> None:
    """From another seat."""
    value = Article("a1", "水龙头漏水", "先报价。", NOW, "3001", ("repair.water.tap",), ("关角阀", "约时间"), ("龙头",))
    author = FakeAuthor("1002", "S02", lambda: NOW, lambda: "00000000-0000-0000-8000-000000000001")
    scene.store.append([author.change("article", "a1", patch_of(value, "article_id"))])


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    focused = QApplication.focusWidget()
    QTest.keyClick(focused if focused is not None else scene.built.window, key, modifier)


def type_(text: str) -> None:
    """Into whatever has the keyboard; Chinese as an input method gives it."""
    match QApplication.focusWidget():
        case QLineEdit() as line:
            line.insert(text)
        case QPlainTextEdit() as box:
            box.insertPlainText(text)
        case QWidget() as other:
            QTest.keyClicks(other, text)


def page(scene: Scene) -> KnowledgePage:
    found = scene.built.window.findChild(KnowledgePage)
    assert isinstance(found, KnowledgePage)
    return found


def section(scene: Scene) -> KnowledgeSection:
    found = scene.built.window.findChild(KnowledgeSection)
    assert isinstance(found, KnowledgeSection)
    return found


def shown(scene: Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def test_what_helps_stands_beside_the_form_without_asking_and_goes_again(qtbot: QtBot, scene: Scene) -> None:
    article(scene)
    press(scene, Qt.Key.Key_N, CTRL)
    scene.built.window.panels.middle.form.fields.description.setFocus()
    type_("充电桩")
    qtbot.waitUntil(section(scene).ask.isVisible)  # nothing fits: the key that asks is there
    type_("，厨房的水龙头一直滴水")
    qtbot.waitUntil(section(scene).read.isVisible)
    (view,) = section(scene).shown
    assert view.lines == ("先报价。", "1. 关角阀", "2. 约时间")
    press(scene, Qt.Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: not section(scene).isVisible())


def test_the_page_opens_at_the_article_beside_the_form(qtbot: QtBot, scene: Scene) -> None:
    article(scene)
    press(scene, Qt.Key.Key_N, CTRL)
    scene.built.window.panels.middle.form.fields.description.setFocus()
    type_("水龙头")
    qtbot.waitUntil(section(scene).isVisible)
    press(scene, Qt.Key.Key_K, BOTH)
    qtbot.waitUntil(lambda: shown(scene, "article_shown_title") == "水龙头漏水")
    press(scene, Qt.Key.Key_Escape)
    assert scene.built.window.panels.middle.form.isVisible()


def test_an_article_is_searched_by_initials_and_edited_by_keyboard(qtbot: QtBot, scene: Scene) -> None:
    article(scene)
    press(scene, Qt.Key.Key_K, BOTH)
    qtbot.waitUntil(lambda: page(scene).articles.search.hasFocus())
    type_("slt")
    qtbot.waitUntil(lambda: shown(scene, "article_shown_steps") == "1. 关角阀\n2. 约时间")
    press(scene, Qt.Key.Key_E, CTRL)
    editor = page(scene).articles.editor
    assert editor.categories.text() == "水龙头漏水"
    editor.text.setPlainText("统一换芯。")
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: scene.store.all_of(Article)[0].text == "统一换芯。")
    assert scene.store.all_of(Article)[0].categories == ("repair.water.tap",)
    qtbot.waitUntil(lambda: page(scene).done.isVisible())


def test_an_empty_article_is_refused_and_the_shipped_ones_are_taken_in_by_one_key(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_K, BOTH)
    qtbot.waitUntil(lambda: bool(shown(scene, "articles_empty")))
    press(scene, Qt.Key.Key_I, ALT)
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(shown(scene, "editor_says")))  # neither title nor content
    press(scene, Qt.Key.Key_Escape)
    assert page(scene).articles.search.isVisible()
    assert not scene.store.all_of(Article)
    press(scene, Qt.Key.Key_G, ALT)
    qtbot.waitUntil(lambda: len(scene.store.all_of(Article)) >= 30)
    qtbot.waitUntil(lambda: not page(scene).articles.take_in.isVisible())


def test_what_cannot_be_answered_in_a_call_is_asked_answered_and_told(qtbot: QtBot, scene: Scene) -> None:
    scene.receive(offered("c1"), CallAnswered(CallId("c1"), NOW))
    form = scene.built.window.panels.middle.form
    qtbot.waitUntil(form.isVisible)
    form.fields.description.setFocus()
    type_("充电桩什么时候装")
    press(scene, Qt.Key.Key_A, BOTH)
    field = scene.built.window.findChild(QLineEdit, "ask_text")
    assert field is not None
    field.clear()
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(shown(scene, "message_what")))
    press(scene, Qt.Key.Key_Escape)
    assert not scene.store.all_of(Question)
    press(scene, Qt.Key.Key_A, BOTH)
    press(scene, Qt.Key.Key_Return)
    press(scene, Qt.Key.Key_Return)  # in one go: it is asked once
    qtbot.waitUntil(lambda: not field.isVisible())
    assert scene.built.hub.worker.drain(20)
    (asked,) = scene.store.all_of(Question)
    assert (asked.text, asked.call_id, asked.asked_by) == ("充电桩什么时候装", "c1", "1001")
    assert asked.number
    qtbot.waitUntil(lambda: QApplication.focusWidget() is form.fields.description)
    press(scene, Qt.Key.Key_K, BOTH)
    press(scene, Qt.Key.Key_2, ALT)
    questions = page(scene).questions
    qtbot.waitUntil(lambda: len(questions.list.rows) == 1)
    questions.answer.setFocus()
    type_("明年三月")
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: scene.store.all_of(Question)[0].state is QuestionState.ANSWERED)
    assert [one.title for one in scene.store.all_of(Article)] == ["充电桩什么时候装"]
    qtbot.waitUntil(questions.say_told.isVisible)
    questions.list.setFocus()
    with qtbot.waitSignal(scene.built.hub.call_requested) as called:
        press(scene, Qt.Key.Key_R, CTRL)
    assert called.args == [asked.number]
    back = Call(CallId("c9"), "热线", Direction.OUTGOING, Party(asked.number), Phase.DIALLING, NOW)
    scene.built.hub.errands.opened(back)
    assert scene.built.hub.errands.call_id(asked.ticket_id or asked.question_id) == "c9"
    press(scene, Qt.Key.Key_O, ALT)
    qtbot.waitUntil(lambda: scene.store.all_of(Question)[0].state is QuestionState.TOLD)


def test_an_answer_that_nobody_can_be_told_is_dropped_with_the_reason_by_keyboard(qtbot: QtBot, scene: Scene) -> None:
    asked = Question("q1", "充电桩什么时候装", NOW, "1001", "1001", NOW)  # the number was withheld
    author = FakeAuthor("1002", "S02", lambda: NOW, lambda: "00000000-0000-0000-8000-000000000002")
    scene.store.append([author.change("question", "q1", patch_of(asked, "question_id"))])
    press(scene, Qt.Key.Key_K, BOTH)
    press(scene, Qt.Key.Key_2, ALT)
    questions = page(scene).questions
    qtbot.waitUntil(lambda: len(questions.list.rows) == 1)
    questions.answer.setFocus()
    type_("明年三月")
    press(scene, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(questions.say_told.isVisible)
    assert questions.list.hasFocus()
    assert questions.answer.toPlainText() == ""
    questions.answer.setFocus()
    type_("号码未显示，无法回电")
    questions.list.setFocus()
    press(scene, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: scene.store.all_of(Question)[0].state is QuestionState.DROPPED)
    assert scene.store.all_of(Question)[0].reason == "号码未显示，无法回电"
