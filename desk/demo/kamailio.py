"""A private Kamailio on 127.0.0.1: registrar and proxy with digest authentication and no database. The users stand in
its configuration; what has registered is kept in memory only, so that a restart forgets it, as small PBXs do.

Calls between users must be authenticated; an INVITE from anybody else counts as coming from the trunk and is let
through, which is how the city's callers arrive."""

import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from desk.demo.processes import Child, free_sip_port

START_S = 15.0

_CONFIG = """
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:{host}:{port}
listen=tcp:{host}:{port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/:/usr/lib64/kamailio/modules/"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"
{tls}modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", 3600)
modparam("auth", "nonce_expire", 300)
modparam("rr", "enable_full_lr", 1)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS") && uri == myself && $rU == $null) {{ sl_send_reply("200", "OK"); exit; }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
    if (has_totag()) {{
        if (loose_route() || is_method("ACK")) {{ t_relay(); exit; }}
        sl_send_reply("404", "Not Here"); exit;
    }}
    if (is_method("REGISTER")) {{
        $var(password) = "";
        $var(user) = $tU;
        route(PASSWORD);
        if ($var(password) == "") {{ sl_send_reply("403", "Unknown User"); exit; }}
        if (!pv_www_authenticate("$td", "$var(password)", "0")) {{ www_challenge("$td", "0"); exit; }}
        consume_credentials();
        save("location");
        exit;
    }}
    if (!is_method("INVITE|MESSAGE|OPTIONS")) {{ sl_send_reply("405", "Method Not Allowed"); exit; }}
    $var(password) = "";
    $var(user) = $fU;
    route(PASSWORD);
    if ($var(password) != "") {{
        if (!pv_proxy_authenticate("$fd", "$var(password)", "0")) {{ proxy_challenge("$fd", "0"); exit; }}
        consume_credentials();
    }}
    remove_hf("P-Preferred-Identity");
    route(IDENTITY);
    record_route();
    if (uri == myself && !lookup("location")) {{ sl_send_reply("480", "Not Registered"); exit; }}
    if (!t_relay()) {{ sl_reply_error(); }}
}}

route[PASSWORD] {{
{passwords}
    return 1;
}}

route[IDENTITY] {{
{identities}
    return 1;
}}
"""


_TLS = """enable_tls=yes
listen=tls:{host}:{port}
tcp_accept_aliases=no
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "{certificate}")
modparam("tls", "private_key", "{key}")
"""


class Kamailio:
    """`address` is "host:port". `users`: name -> password. `identities`: user -> number that the network vouches
    for (P-Asserted-Identity). `certificate`: PEM files of certificate and key; with them it speaks TLS on `tls_port`,
    too, at the host that the certificate names. Its log and configuration are in `folder`. As a context it runs from
    beginning to end."""

    def __init__(
        self,
        folder: Path,
        users: Mapping[str, str],
        identities: Mapping[str, str] | None = None,
        port: int = 0,
        certificate: tuple[Path, Path] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.port = port or free_sip_port()
        self.tls_port = self.port + 1 if certificate else 0
        self.address = f"{host}:{self.port}"
        self._host = host
        folder.mkdir(parents=True, exist_ok=True)
        passwords = [
            f'    if ($var(user) == "{user}") {{ $var(password) = "{password}"; }}' for user, password in users.items()
        ]
        vouched = [
            f'    if ($fU == "{user}") {{ append_hf("P-Asserted-Identity: <sip:{number}@127.0.0.1>\\r\\n"); }}'
            for user, number in (identities or {}).items()
        ]
        tls = (
            _TLS.format(host=host, port=self.tls_port, certificate=certificate[0], key=certificate[1])
            if certificate
            else ""
        )
        self._config = folder / "kamailio.cfg"
        self._config.write_text(
            _CONFIG.format(
                host=host, port=self.port, passwords="\n".join(passwords), identities="\n".join(vouched), tls=tls
            ),
            encoding="utf-8",
        )
        self._child: Child | None = None

    def start(self) -> None:
        """Returns when it answers."""
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        argv = ["/usr/sbin/kamailio", "-f", str(self._config), "-DD", "-E", "-m", "32", "-M", "4"]
        self._child = Child(
            [*argv, "-P", str(run / "kamailio.pid"), "-Y", str(run), "-w", str(run)], self.folder / "kamailio.log"
        )
        self._child.wait_until(f"Kamailio on {self.address}", self._answers, START_S)

    def kill(self) -> None:
        """At once, the location table with it."""
        if self._child is not None:
            self._child.stop_group()  # its first process ends before the others now and then
            self._child = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((self._host, 0))
            probe.settimeout(0.1)
            own = f"{self._host}:{probe.getsockname()[1]}"
            request = (
                f"OPTIONS sip:{self.address} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKprobe\r\n"
                f"From: <sip:probe@{own}>;tag=1\r\nTo: <sip:{self.address}>\r\nCall-ID: probe@{own}\r\n"
                "CSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\nContent-Length: 0\r\n\r\n"
            )
            try:
                probe.sendto(request.encode(), (self._host, self.port))
                return probe.recv(2048).startswith(b"SIP/2.0 200")
            except OSError:
                return False
