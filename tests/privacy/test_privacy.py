from __future__ import annotations

import dataclasses
import json
import random
import re
import string
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen import model as m
from sitegen.privacy import (
    Finding,
    Hidden,
    Privacy,
    artifact_never,
    clean_experiment,
    clean_logged_model,
    clean_model_file,
    clean_registered_model,
    clean_run,
    clean_text,
    clean_trace,
    scan_text,
)
from sitegen.privacy.cleaner import Cleaner

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")


def letters(count: int, alphabet: str = string.ascii_letters + string.digits, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=count))


# Put together here so that no scanner takes this file for a leak.
SECRETS = {
    "cloud-key-id": "AK" + "IA" + letters(16, string.ascii_uppercase + string.digits),
    "github-token": "gh" + "p_" + letters(36),
    "github-token fine": "github" + "_pat_" + letters(60),
    "gitlab-token": "gl" + "pat-" + letters(20),
    "hub-token": "h" + "f_" + letters(34),
    "model-api-key": "s" + "k-" + letters(48),
    "model-api-key project": "s" + "k-proj-" + letters(20) + "-_" + letters(20),
    "model-api-key lower": "s" + "k-" + letters(30, string.ascii_lowercase + string.digits),
    "chat-token": "xo" + "xb-123456789012-" + letters(24),
    "payment-key": "s" + "k_live_" + letters(24),
    "google-key": "AI" + "za" + letters(35),
    "databricks-token": "da" + "pi" + letters(32, "0123456789abcdef"),
    "wandb-key": "wandb" + "_v1_" + letters(40),
    "package-upload-token": "py" + "pi-AgEIcHlwaS5vcmc" + letters(60),
    "json-web-token": "ey" + "J" + letters(20) + ".ey" + "J" + letters(40) + "." + letters(43),
    "private-key": "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE" + letters(80) + "\n-----END RSA PRIVATE KEY-----",
}
WITHIN = {
    "url-password": ("postgres://", "ada:hunter2-" + letters(8), "@db.example.org/x"),
    "url-password with marks": ("https://", "ada:p@ss/" + letters(8), "@example.org/a.git"),
    "url-password alone": ("https://", letters(30), "@example.org/a.git"),
    "account-key": ("AccountName=x;AccountKey=", letters(40) + "==", ";EndpointSuffix=y"),
    "url-signature": ("https://b.s3.example.org/k?X-Amz-Signature=", letters(64, "0123456789abcdef"), "&x=1"),
    "url-signature sas": ("https://x.blob.example.net/c?sv=1&sig=", letters(30) + "%3D", ""),
    "bearer-token": ("Authorization: Bearer ", letters(40), ""),
    "key-password": ("password=", "hunter2x", " other=1"),
    "key-api-key": ('{"api_key": "', letters(12), '", "lr": 1}'),
    "key-client-secret": ("--client-secret=", letters(12), " --lr 0.1"),
}
PLAIN = [
    "9e2c3754e60baef73500593c858a5d7a23bc05ad",
    "6f7e654ce96dd466463bc6dd553c0eb0",
    "sk-learn-random-forest-classifier-v2",
    "sklearn.ensemble.RandomForestClassifier",
    "https://example.org:8080/a@b",
    "https://github.com/a/b.git",
    "hf_model_name",
    "models:/m-8a1f0c6b@champion",
    "recall@10",
    "tokens: 512, max_new_tokens=256, pad_token: <pad>",
    "tokenizer=bert-base-uncased",
    "num_key_value_heads: 8",
    "token = tokenizer.decode(ids)",
    "api_key = os.environ['KEY']",
    "password: null",
    "0.015193803680048586",
    "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
    "eyJ",
    "key: value",
]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("around", ["{}", "a {} b", "x={},", '"{}"', "https://example.org/?q={}&r=1"])
def test_a_secret_is_masked_wherever_it_stands(name: str, around: str) -> None:
    secret = SECRETS[name]
    text, findings = clean_text(around.format(secret), INTERNAL)
    assert secret not in text and letters(12) not in text
    assert "•••(" in text
    assert findings[0].rule == name.split()[0]


@pytest.mark.parametrize("name", WITHIN)
def test_a_secret_part_is_masked_and_the_rest_stays(name: str) -> None:
    before, secret, after = WITHIN[name]
    text, findings = clean_text(before + secret + after, INTERNAL)
    assert secret not in text
    assert text == f"{before}•••({findings[0].rule}){after}"
    assert len(findings) == 1


@pytest.mark.parametrize("text", PLAIN)
def test_plain_data_is_left_alone(text: str) -> None:
    assert clean_text(text, PUBLIC) == (text, [])
    assert scan_text(text) == []


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "db_password",
        "DB.PASSWORD",
        "apiKey",
        "API_KEY",
        "openai-api-key",
        "aws_secret_access_key",
        "token",
        "hf_token",
        "hub_token",
        "HFToken",
        "auth.token",
        "accessToken",
        "client_secret",
        "dsn",
        "sentry_dsn",
        "connectionString",
        "database_url",
        "DB_URL",
        "private_key",
        "credentials",
        "session_token",
        "sas/token",
        "botToken",
        "azure.credential",
    ],
)
def test_a_key_that_says_secret_masks_its_value(key: str) -> None:
    run, findings = clean_run(make_run(params={key: "plain-words"}), INTERNAL)
    assert run.params[key].startswith("•••(key-")
    assert [finding.where for finding in findings] == [f"run r1: params.{key}"]


@pytest.mark.parametrize(
    "key",
    [
        "max_new_tokens",
        "pad_token",
        "tokenizer",
        "num_key_value_heads",
        "eos_token_id",
        "key",
        "monkey",
        "keyboard",
        "token_embedding",
        "num_tokens",
        "secretary",
        "passes",
        "bypass",
        "compass",
        "url",
        "data_url",
        "primary_key",
        "sort_key",
        "tokens_per_second",
        "cls_token",
        "host_memory",
    ],
)
def test_a_key_that_only_sounds_like_a_secret_keeps_its_value(key: str) -> None:
    original = make_run(params={key: "plain-words"})
    assert clean_run(original, INTERNAL) == (original, [])
    assert clean_run(original, PUBLIC)[0].params == {key: "plain-words"}


@pytest.mark.parametrize("value", ["", "None", "null", "True", "false"])
def test_a_secret_key_without_a_secret_is_no_finding(value: str) -> None:
    assert clean_run(make_run(params={"hf_token": value}), INTERNAL)[1] == []


def make_history(key: str) -> m.MetricHistory:
    return m.MetricHistory(key, np.array([0]), np.array([0]), np.array([1.0]), 0)


def make_run(**fields: object) -> m.Run:
    run = m.Run("r1", "0", "calm-owl", "FINISHED", "active", 1, 2, "", "", "LOCAL", m.ArtifactFolder(""))
    return dataclasses.replace(run, **fields)  # type: ignore[arg-type]


def canary_run(text: str) -> m.Run:
    dataset = m.Dataset(text, text, text, text, text, text)
    return make_run(
        name=text,
        user=text,
        source_name=text,
        artifacts=m.ArtifactFolder(text, Path("/x"), ()),
        params={"a": text, text: "b"},
        tags={"mlflow.note.content": text, "mlflow.source.name": text, "mlflow.source.git.repoURL": text, text: text},
        metrics={text: make_history(text), "loss": make_history("loss")},
        inputs=(m.DatasetInput(dataset, {"mlflow.data.context": text}),),
    )


def canary_experiment(text: str) -> m.Experiment:
    return m.Experiment("7", text, artifact_location=text, tags={"mlflow.note.content": text, text: text})


def canary_registered_model(text: str) -> m.RegisteredModel:
    version = m.ModelVersion(
        text, "1", "None", text, text, None, text, "READY", text, text, 1, 1, None, {"a": text}, (text,)
    )
    return m.RegisteredModel(text, text, 1, 1, {text: text}, {text: "1"}, (version,))


def canary_logged_model(text: str) -> m.LoggedModel:
    metric = m.ModelMetric(text, 1.0, 0, 0, "r1", text, text)
    folder = m.ArtifactFolder(text)
    return m.LoggedModel(
        "m-1", "0", text, "READY", text, text, None, "active", 1, 1, folder, {"p": text}, {text: text}, (metric,)
    )


CLEANERS = [
    (clean_run, canary_run),
    (clean_experiment, canary_experiment),
    (clean_registered_model, canary_registered_model),
    (clean_logged_model, canary_logged_model),
]


@pytest.mark.parametrize("privacy", [PUBLIC, INTERNAL])
@pytest.mark.parametrize("name", [*SECRETS, "url-password", "url-password with marks", "account-key"])
@pytest.mark.parametrize(("clean", "canary"), CLEANERS)
def test_no_field_lets_a_secret_through(clean, canary, name, privacy) -> None:  # type: ignore[no-untyped-def]
    before, secret, after = WITHIN.get(name) or ("", SECRETS[name], "")
    value, findings = clean(canary(before + secret + after), privacy)
    shown = repr(dataclasses.asdict(value))
    assert secret not in shown and repr(secret)[1:-1] not in shown
    assert findings
    assert secret not in repr(findings)


@pytest.mark.parametrize(
    "text",
    [
        "/home/alice/x/train.py",
        "file:///home/alice/mlruns/1",
        "/mnt/data/home/alice/x",
        "/Users/alice@lab.example.org/notebook",
        "C:\\Users\\alice smith\\runs",
        "c:/Users/alice/runs",
        "C:\\\\Users\\\\alice",
        '{"uri": "/home/alice/data.csv"}',
        "written by alice@lab.example.org, see /home/alice",
    ],
)
@pytest.mark.parametrize(("clean", "canary"), CLEANERS)
def test_no_field_of_a_public_site_names_a_person(clean, canary, text) -> None:  # type: ignore[no-untyped-def]
    hidden = Hidden()
    value, findings = clean(canary(text), PUBLIC, hidden)
    assert "alice" not in repr(dataclasses.asdict(value))
    assert findings == []
    assert hidden.total() > 0
    shown = clean(canary(text), INTERNAL, hidden := Hidden())[0]
    assert "alice" in repr(shown) and not hidden


def test_a_public_site_leaves_out_who_and_where() -> None:
    tags = {
        "mlflow.user": "alice",
        "mlflow.source.name": "/opt/jobs/train.py",
        "mlflow.source.git.commit": "9e2c3754e60baef73500593c858a5d7a23bc05ad",
        "mlflow.source.git.diff": "- a\n+ b",
        "mlflow.source.git.repoURL": "https://github.com/a/b",
        "mlflow.source.git.branch": "main",
        "mlflow.databricks.workspaceURL": "https://adb-1.example.net",
        "mlflow.docker.image.uri": "registry.lab/x",
        "mlflow.parentRunId": "6f7e654ce96dd466463bc6dd553c0eb0",
        "hostname": "gpu07",
        "team": "vision",
    }
    run = make_run(user="alice", source_name="/opt/jobs/train.py", artifacts=m.ArtifactFolder("s3://b/1"), tags=tags)
    hidden = Hidden()
    public = clean_run(run, PUBLIC, hidden)[0]
    assert public.user == "" and public.source_name == "train.py" and public.artifacts.uri == ""
    assert public.tags == {
        "mlflow.source.name": "train.py",
        "mlflow.source.git.commit": "9e2c3754e60baef73500593c858a5d7a23bc05ad",
        "mlflow.source.git.repoURL": "https://github.com/a/b",
        "mlflow.source.git.branch": "main",
        "mlflow.parentRunId": "6f7e654ce96dd466463bc6dd553c0eb0",
        "team": "vision",
    }
    assert hidden == {
        "user names": 1,
        "paths": 2,
        "code differences": 1,
        "workspace facts": 1,
        "container facts": 1,
        "host names": 1,
    }
    internal = clean_run(run, INTERNAL)[0]
    assert replace(internal, artifacts=run.artifacts) == run and internal.artifacts.uri == run.artifacts.uri


@pytest.mark.parametrize(
    ("url", "open_"),
    [
        ("https://github.com/a/b.git", True),
        ("http://git.example.org/a", True),
        ("git@github.com:a/b.git", False),
        ("https://ada@github.com/a/b", False),
        ("https://git.lab.local/a", False),
        ("https://gitserver/a", False),
        ("http://10.0.0.3/a", False),
        ("/srv/git/a", False),
        ("https://[::1", False),
    ],
)
def test_a_repository_is_named_when_it_is_public(url: str, open_: bool) -> None:
    tags = {"mlflow.source.git.repoURL": url, "mlflow.source.git.branch": "main"}
    assert clean_run(make_run(tags=tags), PUBLIC)[0].tags == (tags if open_ else {})


def test_public_dataset_sources_are_those_that_are_public_themselves() -> None:
    def source(kind: str, text: str) -> str:
        used = m.DatasetInput(m.Dataset("d", "1", kind, text))
        return clean_run(make_run(inputs=(used,)), PUBLIC)[0].inputs[0].dataset.source

    assert source("http", '{"url": "https://example.org/a.csv"}') == '{"url": "https://example.org/a.csv"}'
    assert source("local", '{"uri": "data/a.csv"}') == ""
    assert source("s3", '{"uri": "s3://bucket/a.csv"}') == ""


def test_an_untouched_run_is_the_same_object() -> None:
    run = make_run(params={"lr": "0.1"}, tags={"team": "vision"}, metrics={"loss": make_history("loss")})
    assert clean_run(run, PUBLIC)[0] is run


def test_two_masked_keys_stay_two() -> None:
    one, two = SECRETS["github-token"], SECRETS["hub-token"]
    params = {f"a {one}": "1", f"a {one}x": "2", f"b {two}": "3"}
    assert sorted(clean_run(make_run(params=params), INTERNAL)[0].params.values()) == ["1", "2", "3"]


def test_the_same_secret_has_one_fingerprint_and_its_place() -> None:
    secret = SECRETS["github-token"]
    first, second = clean_run(make_run(params={"a": secret}, tags={"b": secret}), PUBLIC)[1]
    assert first == Finding("run r1: params.a", "github-token", second.fingerprint)
    assert second.where == "run r1: tags.b"
    assert re.fullmatch("[0-9a-f]{8}", first.fingerprint)


def test_a_text_artifact_is_searched_line_by_line() -> None:
    text = f"lr: 0.1\npassword: hunter2!\nx\nurl: https://a.example/?sig={letters(20)}\n"
    assert [(f.where, f.rule) for f in scan_text(text)] == [("line 2", "key-password"), ("line 4", "url-signature")]


NEVER = [
    ".env",
    ".env.local",
    "prod.env",
    "a/b/server.pem",
    "x.KEY",
    "id_rsa",
    "id_rsa.pub",
    "id_ed25519",
    ".netrc",
    ".npmrc",
    ".pypirc",
    "credentials",
    "credentials.json",
    ".git/config",
    ".aws/config",
    "mlflow.db",
    "x.sqlite3",
    "a.zip",
    "a.tar.gz",
    "model/model.pkl",
    "model.pt",
    "data/model.safetensors",
    "weights.h5",
    "model.onnx",
    "model.joblib",
    "x.npy",
]


@pytest.mark.parametrize("path", NEVER)
def test_keys_databases_archives_and_models_are_never_copied(path: str) -> None:
    assert artifact_never(path, PUBLIC) and artifact_never(path, INTERNAL)


@pytest.mark.parametrize(
    "path",
    [
        "plot.png",
        "a/metrics.csv",
        "notes.md",
        "environment.yaml",
        "MLmodel",
        "model/MLmodel",
        "requirements.txt",
        "keys.txt",
        "monkey.png",
        "log.txt",
        "tokens.json",
        "report.html",
        "traces.png",
    ],
)
def test_plots_tables_and_texts_may_be_copied(path: str) -> None:
    assert not artifact_never(path)


@pytest.mark.parametrize("path", ["model/input_example.json", "model/serving_input_example.json", "traces/a.json"])
def test_input_examples_and_traces_are_for_internal_sites(path: str) -> None:
    assert artifact_never(path) and not artifact_never(path, INTERNAL)


@given(st.text() | st.text("a:/@.\\=-_ \"'sk-eyJ.ghp_PRIVATEKEYBGINpassword\n", max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text, PUBLIC)[0]
    assert clean_text(once, PUBLIC)[0] == once


@pytest.mark.parametrize(
    "piece",
    [
        "://a:",
        "://",
        "-----BEGIN PRIVATE KEY-----",
        "eyJaaaaaaaa.",
        "@",
        "a@a.",
        "/home/",
        "password=",
        "a=",
        "sk-",
        "a-",
        "C:\\Users\\a ",
        "Bearer ",
        "?sig=",
        "://a@",
        "passwordpassword",
        'password="',
    ],
)
def test_hostile_texts_cost_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    clean_text(text, PUBLIC)
    assert time.process_time() - start < 3


# Traces and model files ---------------------------------------------------------------------------------------------

TOKEN = SECRETS["github-token"]


def trace_with(text: str) -> m.Trace:
    """A trace that says `text` wherever it can."""
    span = m.Span("1", None, text, 0, 1, "OK", {"mlflow.spanInputs": text, "note": text}, text)
    judged = m.Assessment("a-1", text, "feedback", text, "LLM_JUDGE", text, text)
    return m.Trace("tr-1", "1", 0, 1, "OK", text, text, {"tag": text}, {"meta": text}, (judged,), (span,))


def forms_of(value: str) -> list[str]:
    """The value as an application may have handled it: as it is, in JSON, in JSON inside JSON, in JSON that was cut."""
    inner = json.dumps({"a": [{"b": f"say {value} now"}]})
    return [value, inner, json.dumps([inner]), json.dumps({"x": inner}), inner[: -len(' now"}]}')]]


@pytest.mark.parametrize("privacy", [PUBLIC, INTERNAL])
@pytest.mark.parametrize("form", range(5))
def test_secrets_are_masked_in_every_text_of_a_trace(privacy: Privacy, form: int) -> None:
    for secret in SECRETS.values():
        clean, findings = clean_trace(trace_with(forms_of(secret)[form]), privacy)
        assert secret not in repr(dataclasses.asdict(clean)).replace("\\", "")
        assert len(findings) >= 9
        assert all(finding.where.startswith("trace tr-1: ") and secret not in finding.where for finding in findings)


@pytest.mark.parametrize("form", range(5))
def test_home_folders_and_addresses_are_hidden_in_every_text_of_a_trace_in_public(form: int) -> None:
    for private in ("/home/alice/data", "alice@example.org"):
        raw = trace_with(forms_of(private)[form])
        hidden = Hidden()
        assert "alice" not in repr(clean_trace(raw, PUBLIC, hidden)[0])
        assert sum(hidden.values()) >= 9
        assert "alice" in repr(clean_trace(raw, INTERNAL)[0])


def test_what_a_key_says_is_private_is_hidden_inside_a_trace() -> None:
    inputs = json.dumps({"user": "alice", "api_key": "hunter2x", "question": "why?", "deep": [{"hostname": "box"}]})
    span = m.Span("1", None, "ask", 0, 1, "OK", {"mlflow.spanInputs": inputs, "server.address": "box.lan"})
    raw = m.Trace("tr-1", "1", 0, 1, "OK", inputs[:40], "", {}, {"mlflow.trace.user": "alice"}, (), (span,))
    clean, findings = clean_trace(raw, PUBLIC)
    shown = json.loads(clean.spans[0].attributes["mlflow.spanInputs"])
    assert shown == {"user": "•••", "api_key": "•••(key-api-key)", "question": "why?", "deep": [{"hostname": "•••"}]}
    assert [finding.rule for finding in findings if "span" in finding.where] == ["key-api-key"]
    assert set(clean.spans[0].attributes) == {"mlflow.spanInputs"}
    assert clean.metadata == {}
    assert "alice" not in clean.request_preview and '"user"' in clean.request_preview
    kept = clean_trace(raw, INTERNAL)[0]
    assert "alice" in kept.spans[0].attributes["mlflow.spanInputs"]
    assert kept.metadata == raw.metadata


def test_who_judged_is_hidden_in_public_where_it_was_a_person() -> None:
    judges = [m.Assessment("a", "ok", "feedback", "true", kind, "grace") for kind in ("HUMAN", "CODE")]
    raw = dataclasses.replace(trace_with("x"), assessments=tuple(judges))
    assert [one.source for one in clean_trace(raw, PUBLIC)[0].assessments] == ["", "grace"]
    assert [one.source for one in clean_trace(raw, INTERNAL)[0].assessments] == ["grace", "grace"]


def test_a_traceback_in_public_keeps_the_names_of_its_files() -> None:
    lines = (
        'Traceback:\n  File "/opt/shop/agent.py", line 3, in ask\n  File "C:\\\\code\\\\b.py", line 4\nValueError: no'
    )
    events = json.dumps([{"name": "exception", "attributes": {"exception.stacktrace": lines}}])
    span = m.Span("1", None, "ask", 0, 1, "ERROR", {}, events)
    clean = clean_trace(dataclasses.replace(trace_with("x"), spans=(span,)), PUBLIC)[0]
    shown = json.loads(clean.spans[0].events)[0]["attributes"]["exception.stacktrace"]
    assert shown == 'Traceback:\n  File "…/agent.py", line 3, in ask\n  File "…/b.py", line 4\nValueError: no'


def test_a_plain_trace_stays_the_object_it_was() -> None:
    raw = trace_with('{"question": "why is 0.5 < 1?", "steps": [1, 2.5, null, true]}')
    clean, findings = clean_trace(raw, PUBLIC)
    assert clean is raw
    assert findings == []


@given(
    st.recursive(
        st.text() | st.integers() | st.none() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_of_any_form_stays_json_of_that_form(value: object) -> None:
    text = json.dumps(value)
    span = m.Span("1", None, "s", 0, 1, "OK", {"mlflow.spanInputs": text})
    shown = clean_trace(dataclasses.replace(trace_with("x"), spans=(span,)), PUBLIC)[0].spans[0]
    found = json.loads(shown.attributes["mlflow.spanInputs"]) if text[:1] in ("{", "[", '"') else value
    assert type(found) is type(value)
    assert not isinstance(value, list | dict) or len(found) == len(value)


def test_deep_json_is_cleaned_as_text() -> None:
    text = "[" * 50_000 + json.dumps(TOKEN) + "]" * 50_000
    assert TOKEN not in repr(clean_trace(trace_with(text), PUBLIC)[0])


def test_a_model_file_is_cleaned() -> None:
    raw = m.ModelFile(
        "model", {"python_function": {"data": "/home/alice/m", "api_key": "hunter2x"}}, inputs=f'[{{"name": "{TOKEN}"}}]',
        requirements=(f"git+https://{TOKEN}@github.com/a/b", "numpy==2"),
    )  # fmt: skip
    clean, findings = clean_model_file(raw, PUBLIC, "logged model m-1")
    shown = repr(clean)
    assert TOKEN not in shown and "alice" not in shown and "hunter2x" not in shown
    assert clean.requirements[1] == "numpy==2"
    assert len(findings) >= 3


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("tb/events.out.tfevents.1796077637.ada-laptop", "tb/events.out.tfevents.1796077637.•••"),
        ("events.out.tfevents.1796077839.gpu7.lab.28776.1.v2", "events.out.tfevents.1796077839.•••.28776.1.v2"),
        ("events.out.tfevents", "events.out.tfevents"),
    ],
)
def test_the_host_in_the_name_of_a_log_of_tensorboard_is_hidden_in_public(path: str, shown: str) -> None:
    assert Cleaner(Privacy("public"), "run r").path(path) == shown
    assert Cleaner(Privacy("internal"), "run r").path(path) == path
