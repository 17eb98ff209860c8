"""What `[vault]` and `[retention]` may say."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.settings.checks import first_problem
from desk.settings.recording_values import RetentionRule, RetentionSettings, VaultSettings
from desk.settings.values import Settings

HERE = Settings(data_dir=Path("/home/desk/data"), runtime_dir=Path("/run/desk"))
S3 = VaultSettings(url="s3://recordings/hotline/a", access_key="AKIA")


@pytest.mark.parametrize(
    "vault",
    [
        VaultSettings(),
        VaultSettings(url="/mnt/recordings"),
        VaultSettings(url="~/recordings"),
        VaultSettings(url=r"\\server\share\recordings"),
        VaultSettings(url=r"D:\recordings"),
        S3,
        replace(S3, url="s3://recordings"),
        replace(S3, url="s3://recordings/"),
        replace(S3, endpoint="https://minio.example.com:9000", region="cn-north-1", ca_file="/etc/desk/ca.pem"),
        replace(S3, endpoint="http://127.0.0.1:9000/"),
        replace(S3, upload_kbit_s=5000, upload_in_call_kbit_s=0),
    ],
)
def test_what_can_be_is_taken(vault: VaultSettings) -> None:
    assert first_problem(replace(HERE, vault=vault)) is None


@pytest.mark.parametrize(
    ("vault", "key"),
    [
        (VaultSettings(url="recordings"), "vault.url"),
        (VaultSettings(url="https://s3.example.com/b"), "vault.url"),
        (VaultSettings(url="/home/desk/data/sealed"), "vault.url"),
        (VaultSettings(url="/a\0b"), "vault.url"),
        (VaultSettings(url="/mnt/recordings", access_key="AKIA"), "vault.access_key"),
        (VaultSettings(endpoint="https://s3.example.com"), "vault.endpoint"),
        (replace(S3, url="s3://"), "vault.url"),
        (replace(S3, url="s3://Recordings"), "vault.url"),
        (replace(S3, url="s3://recordings/../x"), "vault.url"),
        (replace(S3, url="s3://recordings//x"), "vault.url"),
        (replace(S3, access_key=""), "vault.access_key"),
        (replace(S3, access_key="a b"), "vault.access_key"),
        (replace(S3, region="a b"), "vault.region"),
        (replace(S3, endpoint="s3.example.com"), "vault.endpoint"),
        (replace(S3, endpoint="https://s3.example.com/path"), "vault.endpoint"),
        (replace(S3, endpoint="https://s3.example.com:99999"), "vault.endpoint"),
        (replace(S3, endpoint="https://a:b@s3.example.com"), "vault.endpoint"),
        (replace(S3, ca_file="a\0"), "vault.ca_file"),
        (replace(S3, upload_kbit_s=-1), "vault.upload_kbit_s"),
        (replace(S3, upload_in_call_kbit_s=10**9), "vault.upload_in_call_kbit_s"),
    ],
)
def test_what_cannot_be_is_named(vault: VaultSettings, key: str) -> None:
    found = first_problem(replace(HERE, vault=vault))
    assert found is not None
    assert found[0] == key
    assert found[1]


@pytest.mark.parametrize(
    ("retention", "key"),
    [
        (RetentionSettings(rules=(RetentionRule(days=1), RetentionRule(days=90, kinds=("repair",)))), None),
        (RetentionSettings(automatic=True, rules=(RetentionRule(days=90, tags=("重点客户",)),)), None),
        (RetentionSettings(automatic=True), "retention.automatic"),
        (RetentionSettings(rules=(RetentionRule(days=0),)), "retention.rules.days"),
        (RetentionSettings(rules=(RetentionRule(days=99_999),)), "retention.rules.days"),
        (RetentionSettings(rules=(RetentionRule(days=9, kinds=("报修",)),)), "retention.rules.kinds"),
        (RetentionSettings(rules=(RetentionRule(days=9, tags=(" VIP",)),)), "retention.rules.tags"),
        (RetentionSettings(rules=(RetentionRule(days=9, tags=("",)),)), "retention.rules.tags"),
        (RetentionSettings(rules=(RetentionRule(days=9),) * 101), "retention.rules"),
    ],
)
def test_rules_of_retention(retention: RetentionSettings, key: str | None) -> None:
    found = first_problem(replace(HERE, retention=retention))
    assert (found[0] if found else None) == key
