"""Builds `desk central user add|change|disable|enable|reset|list`."""

import argparse
import secrets
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk import exit_codes
from desk.compose.central import Given
from desk.i18n import _
from desk.sync.central.admin import CentralAdminError
from desk.sync.central.people import Account, People, usual_limits

PASSWORD_BYTES = 12  # 16 characters


def add(given: Given, arguments: argparse.Namespace) -> int:
    reads, writes = usual_limits(arguments.kind)
    blank = Account(arguments.role, arguments.role, "", arguments.kind, reads_per_hour=reads, writes_per_hour=writes)
    account = _with_rights(blank, arguments)
    people = People(given.owner)
    if arguments.no_password:
        people.add(account, None)
    else:
        password = _password(account.role, arguments.generate)
        people.add(account, password, _until(arguments.days))
        _show(given, password, arguments.generate)
    given.say(_("{role} may come in as {kind}.").format(role=account.role, kind=account.kind))
    return exit_codes.OK


def change(given: Given, arguments: argparse.Namespace) -> int:
    people = People(given.owner)
    account = people.account(arguments.role)
    if arguments.kind and arguments.kind != account.kind:
        reads, writes = usual_limits(arguments.kind)
        account = replace(account, kind=arguments.kind, reads_per_hour=reads, writes_per_hour=writes)
    if arguments.own_only:
        account = replace(account, carries=False)
    people.change(_with_rights(account, arguments))
    given.say(
        _("{role} has the new rights at the next connection; open connections keep some of the old ones.").format(
            role=account.role
        )
    )
    return exit_codes.OK


def switch(given: Given, role: str, on: bool) -> int:
    people = People(given.owner)
    if on:
        people.enable(role)
        given.say(_("{role} may come in again.").format(role=role))
    else:
        ended = people.disable(role)
        given.say(_("{role} is out; what they have written stays.").format(role=role))
        if not ended:
            given.say(
                _(
                    "Their open connections could not be ended, but show and take nothing any more. To end them: "
                    "GRANT pg_signal_backend TO the owner's role."
                )
            )
    return exit_codes.OK


def reset(given: Given, role: str, generate: bool, days: int) -> int:
    password = _password(role, generate)
    People(given.owner).reset(role, password, _until(days))
    _show(given, password, generate)
    given.say(_("{role} has a new password.").format(role=role))
    return exit_codes.OK


def show(given: Given) -> int:
    for one in People(given.owner).all():
        estates = _("all estates") if one.estates is None else ", ".join(one.estates) or "-"
        words = [
            *([] if one.active else [_("disabled")]),
            *([_("sensitive tags")] if one.sensitive else []),
            *([_carries(one)] if one.carries else []),
            *([_("reads {count}/h").format(count=one.reads_per_hour)] if one.reads_per_hour is not None else []),
            *([_("writes {count}/h").format(count=one.writes_per_hour)] if one.writes_per_hour is not None else []),
            *([_("until {day}").format(day=one.valid_until.date())] if one.valid_until else []),
        ]
        given.say(f"{one.role:<12} {one.agent:<8} {one.kind:<10} {one.name:<10} {estates}  {', '.join(words)}".rstrip())
    return exit_codes.OK


def _carries(one: Account) -> str:
    return _("brings what supervisors write") if one.kind == "seat" else _("brings the changes of others")


def _with_rights(account: Account, arguments: argparse.Namespace) -> Account:
    if arguments.for_supervisors:
        if account.kind != "seat":
            raise CentralAdminError(_("--for-supervisors is for seats (--kind seat)."))
        account = replace(account, carries=True)
    if arguments.name is not None:
        account = replace(account, name=arguments.name)
    if arguments.agent is not None:
        account = replace(account, agent=arguments.agent)
    if arguments.estate is not None:
        account = replace(account, estates=None if "" in arguments.estate else tuple(sorted(set(arguments.estate))))
    if arguments.sensitive is not None:
        account = replace(account, sensitive=arguments.sensitive)
    if arguments.reads is not None:
        account = replace(account, reads_per_hour=arguments.reads or None)
    if arguments.writes is not None:
        account = replace(account, writes_per_hour=arguments.writes or None)
    return account


def _password(role: str, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(_("Password for {entry}: ").format(entry=role))
    return sys.stdin.readline().rstrip("\r\n")


def _show(given: Given, password: str, generated: bool) -> None:
    if generated:
        given.say(_("Password: {password}").format(password=password))


def _until(days: int) -> datetime | None:
    return datetime.now(UTC) + timedelta(days=days) if days else None
