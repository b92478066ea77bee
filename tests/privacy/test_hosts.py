"""Private facts are known by what they are and by what stands around them, not by a word in a key."""

from __future__ import annotations

import pytest

from sitegen.privacy import Hidden, Privacy, clean_run, clean_text
from tests.privacy.test_privacy import make_run

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("on gpu12.corp.internal now", "on ••• now"),
        ("http://mlflow.internal:5000/x", "http://•••:5000/x"),
        ("ssh ada@build-7.lan", "ssh •••"),
        ('host = "trainer.local"', 'host = "•••"'),
        ("nodes: a.svc.cluster.local", "nodes: •••"),
        ("from 10.3.4.5 port 22", "from ••• port 22"),
        ('{"ip": "192.168.7.9"}', '{"ip": "•••"}'),
        ("tcp://172.20.1.2:23456", "tcp://•••:23456"),
        ("http://8.8.4.4/x", "http://•••/x"),
        ("MASTER_ADDR=8.8.4.4", "MASTER_ADDR=•••"),
        ("ip-10-0-3-44.ec2.internal", "•••"),
        ("via fe80::1ff:fe23:4567:890a", "via •••"),
        ("arn:aws:sagemaker:eu-west-1:123456789012:training-job/x", "arn:aws:sagemaker:eu-west-1:•••:training-job/x"),
        ("s3://sagemaker-eu-west-1-123456789012/x", "s3://sagemaker-eu-west-1-•••/x"),
        (
            "/subscriptions/01234567-89ab-cdef-0123-456789abcdef/resourceGroups/ada/providers/x",
            "/subscriptions/•••/providers/x",
        ),
        ("adb-12.3.azuredatabricks.net", "•••"),
        ("/scratch/ada7/x.pt", "/scratch/•••/x.pt"),
        ("mail ada%40corp.example.com", "mail •••"),
    ],
)
def test_machines_and_accounts_are_hidden_in_public(text: str, shown: str) -> None:
    hidden = Hidden()
    assert clean_text(text, PUBLIC, hidden=hidden) == (shown, [])
    assert hidden.total() >= 1
    assert clean_text(text, INTERNAL) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        "version 10.1.2.3",
        "cuda==10.2.89.1",
        "v10.0.0.1",
        "driver: 1.2.3.4",
        "127.0.0.1:5000",
        "http://0.0.0.0:8080",
        "10.1.2.3.4",
        "0.10.20.30",
        "self._lock = threading.local()",
        "from torch.internal import x",
        "tf.internal",
        "https://www.example.com/a.local/b",
        "metrics@epoch.5.final tokens@sec.avg",
        "/scratch/datasets/x",
        "arn:aws:s3:::bucket/x",
        "the host is up",
    ],
)
def test_what_only_looks_like_a_machine_stays(text: str) -> None:
    assert clean_text(text, PUBLIC) == (text, [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hostname", "box"),
        ("env.HOSTNAME", "gpu07"),
        ("slurm.nodelist", "gpu[01-04]"),
        ("user", "alice"),
        ("run.user_name", "Alice.B"),
        ("MASTER_ADDR", "trainer0"),
        ("mlflow.tracking_uri", "https://mlflow.example.org"),
        ("resource_group", "ada-research"),
        ("sagemaker:domain-arn", "anything"),
        ("mlflow_exim.user_id", "ok"),
    ],
)
def test_a_pair_that_names_a_person_or_a_machine_is_left_out(key: str, value: str) -> None:
    hidden = Hidden()
    assert clean_run(make_run(tags={key: value, "a": "b"}), PUBLIC, hidden)[0].tags == {"a": "b"}
    assert hidden.total() == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", "ok"),
        ("host", "localhost"),
        ("user", "u"),
        ("user", "root"),
        ("server.address", "ok"),
        ("tracking_uri", "sqlite:///mlflow.db"),
        ("tracking_uri", "http://127.0.0.1:5000"),
        ("node", "12"),
        ("hostname", "true"),
        ("framework_version", "10.1.2.3"),
    ],
)
def test_a_key_alone_hides_nothing(key: str, value: str) -> None:
    run = make_run(params={key: value})
    assert clean_run(run, PUBLIC)[0] is run
