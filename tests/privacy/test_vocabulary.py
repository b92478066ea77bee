"""The shapes and keys of secrets one by one, and beside them what only looks like one: nothing of that is hidden."""

from __future__ import annotations

import random
import string
import time

import pytest

from sitegen.privacy import Hidden, Privacy, clean_run, clean_text, scan_text
from sitegen.privacy.scan import scan
from sitegen.privacy.shapes import SHAPES
from sitegen.privacy.tokens import TOKENS
from tests.privacy.test_privacy import make_run

PUBLIC, INTERNAL = Privacy("public"), Privacy("internal")
WORDS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def drawn(count: int, alphabet: str = WORDS, seed: int = 7) -> str:
    """Letters drawn by lot; with a digit and a capital, as a key of some length always has."""
    return "".join(random.Random(seed).choices(alphabet, k=count - 2)) + ("A1" if alphabet is WORDS else "1a")


# (what comes before it, the secret, what comes behind it), put together here so that no scanner takes this for a leak.
SHAPED = {
    "groq": ("", "gs" + "k_" + drawn(52), ""),
    "nvidia": ("", "nv" + "api-" + drawn(64), ""),
    "replicate": ("", "r" + "8_" + drawn(37), ""),
    "langsmith": ("", "lsv2" + "_pt_" + drawn(32, HEX) + "_" + drawn(10, HEX), ""),
    "pinecone": ("", "pc" + "sk_" + drawn(60), ""),
    "xai": ("", "xa" + "i-" + drawn(80), ""),
    "perplexity": ("", "pp" + "lx-" + drawn(48), ""),
    "tavily": ("", "tv" + "ly-" + drawn(32), ""),
    "tavily of a test": ("", "tv" + "ly-dev-" + drawn(32), ""),
    "slack app": ("", "xa" + "pp-1-A" + "B" * 10 + "-" + "1" * 13 + "-" + drawn(64, HEX), ""),
    "slack hook": ("https://", "hooks.slack" + ".com/services/T00000000/B00000000/" + drawn(24), ""),
    "discord hook": ("https://discord.com", "/api/web" + "hooks/" + "1" * 18 + "/" + drawn(68), ""),
    "vault": ("", "hv" + "s." + drawn(90), ""),
    "grafana": ("", "gl" + "sa_" + drawn(32) + "_" + drawn(8, HEX), ""),
    "docker": ("", "dckr" + "_pat_" + drawn(27), ""),
    "digitalocean": ("", "do" + "p_v1_" + drawn(64, HEX), ""),
    "supabase": ("", "sb" + "p_" + drawn(40, HEX), ""),
    "atlassian": ("", "ATA" + "TT3xFfGF0" + drawn(180), ""),
    "notion": ("", "nt" + "n_" + drawn(46), ""),
    "linear": ("", "li" + "n_api_" + drawn(40), ""),
    "doppler": ("", "d" + "p.pt." + drawn(43), ""),
    "sentry": ("", "snt" + "rys_" + drawn(100), ""),
    "age": ("", "AGE-SECRET" + "-KEY-1" + drawn(58).upper(), ""),
    "telegram": ("1234567890", ":A" + "A" + drawn(33), ""),
    "twilio": ("", "S" + "K" + drawn(32, HEX), ""),
    "mailgun": ("", "ke" + "y-" + drawn(32, HEX), ""),
    "anthropic": ("", "s" + "k-ant-api03-" + drawn(80), ""),
    "openrouter": ("", "s" + "k-or-v1-" + drawn(64, HEX), ""),
    "google": ("", "ya" + "29." + drawn(40), ""),
    "npm": ("", "np" + "m_" + drawn(36), ""),
    "sendgrid": ("", "S" + "G." + drawn(22) + "." + drawn(43), ""),
    "putty": ("", "PuTTY-User-Key" + "-File-3: ssh-rsa\nPrivate-Lines: 1\n" + drawn(64), ""),
    "token in an address": ("https://hub.example.org/lab?token=", drawn(48, HEX), ""),
    "basic": ("Authorization: Basic ", drawn(24), ""),
    "curl": ("curl -s -u admin:", drawn(16), " https://x.example.com"),
    "sshpass": ("sshpass -p ", drawn(16), " ssh x"),
    "in a sentence": ("the root password is ", drawn(12), " now"),
    "mysql": ("mysql -uroot -p", drawn(16), " db"),
    "argument": ("python train.py --db-password ", drawn(18), " --lr 0.1"),
    "argument of a key": ("train --api-key '", drawn(18), "' --lr 0.1"),
    "export": ("export MY_SERVICE_KEY=", drawn(24), ""),
    "python": ("openai_key = '", drawn(24), "'"),
    "query": ("https://api.example.com/v1?api_key=", drawn(20), "&x=1"),
}
KEYS = """
azure_openai_key openai_key OPENAI_TOKEN kaggle_key ssh_key db_pass slack_webhook webhook_url authorization Authorization
cookie Set-Cookie session_id azure_sas sas bearer huggingface_token vault_token oauth_token private-token license_key otp
MY_SERVICE_KEY hf_api github_pat registry_auth storage_account_key x-api-key userPassword deploy_key api_key_2 signing-key
""".split()
# Keys and values that honest people log; each must stay as it is, in the profile public.
HONEST_KEYS = """
session_token_budget token_id max_tokens private_key_bits signing_key_algorithm spam_email_ratio email_max_len
username_vocab_size hostname_feature num_token tokens primary_key sort_key foreign_key public_key_format key_dim
num_key_value_heads pass_rate n_passes passthrough pin_memory opinion sas_score cookie_count cookies_enabled
password_length password_min_length secret_name secret_count credentials_path token_type token_limit
api_key_name access_token_expiry authorization_enabled webhook_enabled host_memory user_count n_users user_embedding_dim
email_feature hostnames_vocab ip_count max_user_tokens keypoints keyframe monkey turkey tokenizer pad_token cls_token
auth_type bearer_count session_length session_count otp_length pat patience spatial_key author compass
""".split()
HONEST_VALUES = """
git@github.com:a/b.git recall@5.mean ndcg@10.valid precision@1.test hits@3.max sk-proj-finetuned-llama
sk-proj-finetuned-llama-3-8b-instruct-v2 sk-learn-random-forest-classifier-v2 hf_internal_testing_tiny_bert_for_tests
9e2c3754e60baef73500593c858a5d7a23bc05ad 6f7e654ce96dd466463bc6dd553c0eb0 key-value-store-embeddings-of-documents
xai-org/grok-1 1.2.3.4 //comment a//b https://cdn.example.org//x/y.js s3://bucket/x [0.1,0.01,0.001] \\alpha\\beta
sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4 src/pkg/train.py adam BoxCox Dropbox OneDrive
nt_xent_loss_with_large_batches_and_temperature r8_large_model_with_augmentation_v2 d:/data ./data data/train
""".split()
PROGRAM_TEXT = [
    'fetch(u,{credentials:"same-origin"})',
    'x={credentials:"include",token:"keyword",password:"text"}',
    'o.password=e.target.value;var secret="a b c"',
    'r.apiKey||"<your key>"',
    "return `postgres://${user}:${password}@${host}/db`",
    'switch(t){case"token":return "password: required field"}',
]


@pytest.mark.parametrize("name", SHAPED)
def test_each_shape_is_masked_in_a_short_and_in_a_long_text(name: str) -> None:
    before, secret, behind = SHAPED[name]
    text, findings = clean_text(before + secret + behind, INTERNAL)
    assert secret not in text and len(findings) == 1
    assert text.startswith(before) and text.endswith(behind)
    padding = "x = 1\n" * 200
    behind = behind or "\nPrivate-MAC: 1"
    assert [s.end - s.start for s in scan(padding + before + secret + behind + "\n" + padding, False)] == [len(secret)]


def test_each_row_of_the_table_is_met_by_a_secret_of_these_tests() -> None:
    from tests.privacy.test_peers import MARKED, sample_of
    from tests.privacy.test_privacy import SECRETS, WITHIN

    texts = [*SECRETS.values(), *map("".join, [*WITHIN.values(), *SHAPED.values()]), *MARKED]
    texts += [sample_of(token, prefix) for token in TOKENS for prefix in token.prefixes.split("|")]
    assert [s.anchors for s in SHAPES if not any(s.pattern.search(text) for text in texts)] == []


@pytest.mark.parametrize("key", KEYS)
def test_the_value_of_a_secret_key_is_masked(key: str) -> None:
    value = drawn(22)
    run, findings = clean_run(make_run(params={key: value}), INTERNAL)
    assert value not in repr(run) and len(findings) == 1
    assert value not in clean_text(f"{key}: {value}\n", INTERNAL)[0]
    assert value not in clean_text(f'{{"{key}": "{value}"}}', INTERNAL)[0]


@pytest.mark.parametrize("value", ["<HUB_TOKEN>", "<your key>", "${API_KEY}", "{{ secrets.KEY }}", "***", "xxxx", "None",
                                   "your-api-key-here", "[REDACTED]", "False", "0", ""])  # fmt: skip
def test_what_stands_in_for_a_secret_is_none(value: str) -> None:
    run = make_run(params={"hub_token": value, "password": value})
    assert clean_run(run, PUBLIC) == (run, [])
    assert scan_text(f'{{"apiKey": "{value}"}}') == []


@pytest.mark.parametrize("value", ["12000", "sha256", "0.25", "some-words", "True"])
def test_no_honest_key_is_hidden(value: str) -> None:
    hidden = Hidden()
    run = make_run(params=dict.fromkeys(HONEST_KEYS, value))
    assert clean_run(run, PUBLIC, hidden) == (run, [])
    assert not hidden
    text = "\n".join(f"{key}: {value}" for key in HONEST_KEYS)
    assert scan(text, True) == []


@pytest.mark.parametrize("value", HONEST_VALUES)
def test_no_honest_value_is_hidden(value: str) -> None:
    hidden = Hidden()
    run = make_run(params={"value": value, value: "1"})
    assert clean_run(run, PUBLIC, hidden) == (run, [])
    assert not hidden


@pytest.mark.parametrize("text", PROGRAM_TEXT)
def test_program_text_is_no_secret(text: str) -> None:
    assert scan_text(text, "assets/app.js") == []
    assert scan_text(f"<html><script>{text}</script></html>", "report.html") == []
    assert (
        scan_text(f'{{"text/html": "<script>{text.replace(chr(34), chr(92) + chr(34))}<\\/script>"}}', "a.ipynb") == []
    )


def test_a_key_in_program_text_and_in_the_configuration_beside_it_is_found() -> None:
    key = drawn(24)
    assert scan_text(f'fetch(u,{{apiKey:"{key}"}})', "app.js")
    assert scan_text(f'<script>var apiKey="{key}"</script>', "report.html")
    assert scan_text("<script>1</script><p>password: hunter2x</p>", "report.html")
    assert scan_text('<script type="application/json">{"password": "hunter2x"}</script>', "report.html")


@pytest.mark.parametrize("piece", ["curl ", "mysql ", "--password ", "xapp-", "sk-proj-", "hvs.", "a_", "dp.pt.", "\\\\a", "//a/",
                                   "OneDrive - ", "https://a.azuredatabricks.net", "<script>", "key", "key=", "_aaaaaaaaaaaa"])  # fmt: skip
def test_hostile_texts_cost_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    clean_text(text, PUBLIC)
    assert time.process_time() - start < 3


def test_a_large_report_is_searched_fast() -> None:
    """A HTML report with a library inside is 5 MB; the loaded machines of CI get a generous second for each."""
    text = "<script>" + "function a(b,c){return b.key===c?b.token:'x y'};" * 100_000 + "</script>"
    start = time.process_time()
    assert scan_text(text, "report.html") == []
    assert time.process_time() - start < 5
