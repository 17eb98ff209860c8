"""What `[notify]` and `[[channel]]` may say."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.settings import SettingsError, load
from desk.settings.checks import first_problem
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings, Settings

HERE = Settings(data_dir=Path("/home/desk/data"), runtime_dir=Path("/run/desk"))
SMS = ChannelSettings(name="sms", url="https://sms.example.com/send")
RULE = NotifyRuleSettings(when="registered", template="registered", channel="sms")
WARNING = NotifyRuleSettings(warning="raised", template="warning", channel="sms", to="turn")


@pytest.mark.parametrize(
    "channel",
    [
        SMS,
        replace(SMS, receipts="https://sms.example.com/receipts", ca_file="/etc/desk/ca.pem"),
        replace(SMS, url="http://127.0.0.1:8080/send"),
        replace(SMS, url="", sends=False),
        ChannelSettings(name="维修群", kind="apprise", url="dingtalk://{secret}"),
        ChannelSettings(name="all", kind="apprise", url="{secret}"),
        ChannelSettings(name="mail", kind="apprise", url="mailtos://desk:{secret}@smtp.example.com?to={to}"),
    ],
)
def test_what_can_be_is_taken(channel: ChannelSettings) -> None:
    rule = replace(RULE, channel=channel.name)
    link = "https://desk.example.com:8443/r?t="
    assert first_problem(replace(HERE, channels=(channel,), notify=NotifySettings(rules=(rule,), link=link))) is None


@pytest.mark.parametrize(
    ("channel", "key"),
    [
        (replace(SMS, name=""), "channel[0].name"),
        (replace(SMS, name="短 信"), "channel[0].name"),
        (replace(SMS, url=""), "channel[0].url"),
        (replace(SMS, url="http://sms.example.com/send"), "channel[0].url"),
        (replace(SMS, url="https://user:word@sms.example.com/send"), "channel[0].url"),
        (replace(SMS, url="ftp://sms.example.com"), "channel[0].url"),
        (replace(SMS, receipts="sms.example.com"), "channel[0].receipts"),
        (ChannelSettings(name="d", kind="apprise", url="dingtalk"), "channel[0].url"),
        (ChannelSettings(name="d", kind="apprise", url="a://b", receipts="https://c"), "channel[0].receipts"),
    ],
)
def test_a_channel_that_cannot_be_is_named(channel: ChannelSettings, key: str) -> None:
    found = first_problem(replace(HERE, channels=(channel,)))
    assert found is not None
    assert found[0] == key


@pytest.mark.parametrize(
    ("notify", "key"),
    [
        (NotifySettings(quiet_start="9"), "notify.quiet_start"),
        (NotifySettings(quiet_end="25:00"), "notify.quiet_end"),
        (NotifySettings(expire_h=0), "notify.expire_h"),
        (NotifySettings(hotline="x" * 65), "notify.hotline"),
        (NotifySettings(link="http://desk.example.com/r/"), "notify.link"),
        (NotifySettings(link="https://desk.example.com/r"), "notify.link"),
        (NotifySettings(templates="/nowhere/messages.toml"), "notify.templates"),
        (NotifySettings(rules=(replace(RULE, when="sometimes"),)), "notify.rules.when"),
        (NotifySettings(rules=(replace(RULE, template="registred"),)), "notify.rules.template"),
        (NotifySettings(rules=(replace(RULE, channel="smss"),)), "notify.rules.channel"),
        (NotifySettings(rules=(replace(RULE, kinds=("repairs",)),)), "notify.rules.kinds"),
        (NotifySettings(rules=(replace(RULE, to="turn"),)), "notify.rules.to"),
        (NotifySettings(rules=(replace(WARNING, when="closed"),)), "notify.rules.warning"),
        (NotifySettings(rules=(replace(WARNING, warning="raise"),)), "notify.rules.warning"),
        (NotifySettings(rules=(replace(WARNING, to="contact"),)), "notify.rules.to"),
    ],
)
def test_a_rule_that_would_be_without_effect_is_named(notify: NotifySettings, key: str) -> None:
    found = first_problem(replace(HERE, channels=(SMS,), notify=notify))
    assert found is not None
    assert found[0] == key


def test_a_rule_may_be_about_an_early_warnings_step() -> None:
    rules = (WARNING, replace(WARNING, warning="unsatisfied", to="channel"))
    assert first_problem(replace(HERE, channels=(SMS,), notify=NotifySettings(rules=rules))) is None


def test_two_channels_of_one_name_are_refused() -> None:
    found = first_problem(replace(HERE, channels=(SMS, SMS)))
    assert found is not None
    assert found[0] == "channel[1].name"


def test_own_templates_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[message]]\ncode = "sorry"\nzh = "{caller}您好"\nen = "Dear {caller}"\n')
    rules = (RULE, replace(RULE, template="sorry"))
    assert first_problem(replace(HERE, channels=(SMS,), notify=NotifySettings(templates=str(own), rules=rules))) is None
    own.write_text('[[message]]\ncode = "sorry"\nzh = "{caler}您好"\nen = "Dear {caller}"\n')
    found = first_problem(replace(HERE, channels=(SMS,), notify=NotifySettings(templates=str(own), rules=rules)))
    assert found is not None
    assert "{caler}" in found[1]


def test_a_file_names_the_line_of_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    good = '[[channel]]\nname = "sms"\nurl = "https://sms.example.com"\n'
    file.write_text(good)
    assert load(file).channels == (ChannelSettings(name="sms", url="https://sms.example.com"),)
    file.write_text(good + '[[channel]]\nname = "a b"\nurl = "https://sms.example.com"\n')
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert raised.value.line == 5
    file.write_text(good + "nmae = 1\n")
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert raised.value.line == 4
    file.write_text('[[notify.rules]]\nwhenn = "closed"\n')
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert raised.value.line == 2
