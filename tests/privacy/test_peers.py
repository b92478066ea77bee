"""The vocabulary beside that of detect-secrets: each of its detectors that is not about random strings finds a sample

here, and so do the rules of this package, or the reason why not is named.
"""

from __future__ import annotations

import random
import re
import string
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from sitegen.privacy.scan import scan
from sitegen.privacy.tokens import TOKENS, Token

ALNUM, HEX = string.ascii_letters + string.digits, "0123456789abcdef"


def drawn(count: int, letters: str = ALNUM) -> str:
    return "".join(random.Random(count).choices(letters, k=count))


# By the name of the detector, put together here so that no scanner takes this file for a leak.
SAMPLES = {
    "Artifactory Credentials": "AKC" + "p8" + drawn(60),
    "AWS Access Key": "AKI" + "A" + drawn(16, string.ascii_uppercase),
    "Azure Storage Account access key": "AccountKey=" + drawn(86) + "==",
    "Basic Auth Credentials": "https://ada:" + "hunter2@example.org",
    "Cloudant Credentials": "cloudant_password = '" + drawn(64, HEX) + "'",
    "GitHub Token": "gh" + "p_" + drawn(36),
    "GitLab Token": "gl" + "pat-" + drawn(20),
    "IBM Cloud IAM Key": "ibm_api_key = '" + drawn(44) + "'",
    "IBM COS HMAC Credentials": "cos_hmac_secret_access_key = '" + drawn(48, HEX) + "'",
    "JSON Web Token": "eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + drawn(43),
    "Secret Keyword": "password = 'hunter2hunter2'",
    "Mailchimp Access Key": drawn(32, HEX) + "-us12",
    "NPM tokens": "//registry.npmjs.org/:_auth" + "Token=npm_" + drawn(36),
    "OpenAI Token": "s" + "k-" + drawn(20) + "T3Blbk" + "FJ" + drawn(20),
    "Private Key": "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    "PyPI Token": "py" + "pi-AgEIcHlwaS5vcmc" + drawn(70),
    "SendGrid API Key": "S" + "G." + drawn(22) + "." + drawn(43),
    "Slack Token": "xo" + "xb-" + "1" * 12 + "-" + drawn(24),
    "SoftLayer Credentials": "softlayer_api_key = '" + drawn(64, HEX) + "'",
    "Square OAuth Secret": "sq0" + "csp-" + drawn(43),
    "Stripe Access Key": "sk_" + "live_" + drawn(24),
    "Telegram Bot Token": "1234567890:" + "AA" + drawn(33),
    "Twilio API Key": "S" + "K" + drawn(32, HEX),
}
MISSED = {
    "Base64 High Entropy String": "random strings are data: ids, hashes, encoded arrays",
    "Hex High Entropy String": "random strings are data: commit ids and run ids",
    "Discord Bot Token": "has no letters of its own; three random words with dots are a file name as well",
    "Public IP (ipv4)": "not a secret; hidden in the profile public where only an address can be",
}


def find(kind: type[Any], text: str) -> bool:
    detector = kind()
    return any(detector.analyze_line("a.txt", line, 1) for line in text.split("\n"))


def test_every_detector_has_a_sample_or_a_reason() -> None:
    kinds = get_mapping_from_secret_type_to_class()
    assert set(SAMPLES) | set(MISSED) == set(kinds)
    assert [name for name, text in SAMPLES.items() if not find(kinds[name], text)] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_what_detect_secrets_finds_is_found(name: str) -> None:
    assert [one for one in scan(f"x: {SAMPLES[name]}\n", False) if one.is_secret]
    assert [one for one in scan(SAMPLES[name], True) if one.is_secret]


def sample_of(token: Token, prefix: str) -> str:
    """A token of the least length."""
    letters = [letter for letter in ALNUM if re.fullmatch(f"[{token.letters}]", letter)]
    return prefix + "".join(random.Random(1).choices(letters, k=token.least))


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.prefixes)
def test_each_token_of_the_table_is_found_by_its_own_row_and_not_when_it_is_short(token: Token) -> None:
    for prefix in token.prefixes.split("|"):
        secret = sample_of(token, prefix)
        (found,) = scan(f"a {secret} b", False)
        assert (found.start, found.end, found.rule) == (2, 2 + len(secret), token.rule)
        assert scan(f"a {secret[: len(prefix) + 8]} b", False) == []


MARKED = [
    drawn(32, HEX) + "-us12",
    "abc8" + "Q~" + drawn(33),
    drawn(44) + "JQQJ" + "99" + drawn(30),
    drawn(14) + ".atlas" + "v1." + drawn(64),
    "A3" + "-ABCDEF-" + "ABCDE-" * 4 + "ABCDE",
    "https://x.webhook" + ".office.com/webhookb2/" + drawn(50),
    "//registry.npmjs.org/:_auth" + "Token=" + drawn(36, HEX),
]
"""Secrets that are known by letters in their middle."""


@pytest.mark.parametrize("text", MARKED)
def test_a_secret_with_its_mark_in_the_middle_is_hidden_whole(text: str) -> None:
    (found,) = scan(f"a {text} b", False)
    assert found.end == len(text) + 2
    assert found.start == 2 + (text.rfind("=") + 1 or (text.rfind("/") + 1))
