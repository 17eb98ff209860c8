"""Certificates for the tests, by the system's openssl: a company CA, and servers that it vouches for, or does not."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

Certificate = tuple[Path, Path]  # certificate, key: PEM


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def _new_key(folder: Path, name: str) -> Path:
    key = folder / f"{name}.key"
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    os.chmod(key, 0o644)  # noqa: PTH101 - a server started as another user reads it, too
    return key


@dataclass(frozen=True)
class Ca:
    folder: Path
    certificate: Path
    key: Path

    def server(self, name: str = "server", host: str = "DNS:localhost,IP:127.0.0.1", days: int = 30) -> Certificate:
        """`host`: the subject's alternative names. `days` < 0: it has expired."""
        key, request, certificate = (
            _new_key(self.folder, name),
            self.folder / f"{name}.csr",
            self.folder / f"{name}.pem",
        )
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={host}\nbasicConstraints=CA:FALSE\n")
        _openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        if days > 0:
            _openssl(
                "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", str(days), "-extfile", extensions, "-out", certificate,
            )  # fmt: skip
        else:
            self._sign_expired(request, extensions, certificate)
        return certificate, key

    def _sign_expired(self, request: Path, extensions: Path, certificate: Path) -> None:
        """`openssl x509` of OpenSSL 3.0 knows no dates in the past; `openssl ca` does."""
        (self.folder / "index").write_text("")
        (self.folder / "serial").write_text("77\n")
        config = self.folder / "ca.cnf"
        config.write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.folder}/index\nserial={self.folder}/serial\n"
            f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
        )
        _openssl(
            "ca", "-batch", "-config", config, "-cert", self.certificate, "-keyfile", self.key, "-in", request,
            "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-extfile", extensions, "-out", certificate,
        )  # fmt: skip


def new_ca(folder: Path) -> Ca:
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = _new_key(folder, "ca"), folder / "ca.pem"
    _openssl("req", "-x509", "-new", "-key", key, "-days", "30", "-subj", "/CN=Company CA", "-out", certificate)
    return Ca(folder, certificate, key)


def self_signed(folder: Path) -> Certificate:
    key, certificate = _new_key(folder, "alone"), folder / "alone.pem"
    _openssl(
        "req", "-x509", "-new", "-key", key, "-days", "30", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate,
    )  # fmt: skip
    return certificate, key
