"""Tokens with a prefix of their own, beside the shapes of `shapes.py`: rule, prefixes, letters, fewest letters.

The prefixes are those that the issuers document. What detect-secrets knows and this package does not, and why, is in
tests/privacy/test_peers.py.
"""

from __future__ import annotations

from typing import NamedTuple

_ALNUM, _HEX, _WIDE = "A-Za-z0-9", "0-9a-f", "A-Za-z0-9_-"


class Token(NamedTuple):
    """Tokens that begin with one of `prefixes` (separated by `|`) and go on with at least `least` of `letters`, a
    character class."""

    rule: str
    prefixes: str
    letters: str
    least: int


TOKENS = (
    # Services for language models and machine learning.
    Token("model-api-key", "csk-|esecret_|jina_|llx-|sess-", _ALNUM, 30),
    Token("model-api-key", "tgp_v1_|voyage_", _WIDE, 30),
    Token("model-api-key", "sk_", _HEX, 40),
    Token("model-api-key", "rpa_", "A-Z0-9", 40),
    Token("langsmith-key", "ls__", _HEX, 32),
    Token("kaggle-token", "KGAT_", _HEX, 32),
    Token("databricks-token", "dose|dkea", _HEX, 32),
    Token("prefect-key", "pnu_|pnb_", _ALNUM, 36),
    # Clouds and hosting.
    Token("alibaba-key-id", "LTAI", _ALNUM, 20),
    Token("yandex-key", "AQVN", _WIDE, 35),
    Token("hosting-token", "pul-", _HEX, 40),
    Token("hosting-token", "HRKU-AA", _WIDE, 50),
    Token("hosting-token", "fo1_|fm1r_|fm1a_|fm2_", "A-Za-z0-9+/=_-", 40),
    Token("hosting-token", "sha256~", _WIDE, 43),
    Token("hosting-token", "tskey-", "A-Za-z0-9-", 20),
    Token("database-token", "pscale_tkn_|pscale_pw_|pscale_oauth_", "A-Za-z0-9=._-", 32),
    Token("database-token", "napi_", "a-z0-9", 40),
    # Development.
    Token("artifactory-token", "AKCp|cmVmd", _ALNUM, 55),
    Token("package-upload-token", "CLOJARS_", _ALNUM, 50),
    Token("package-upload-token", "rubygems_", _HEX, 48),
    Token("ci-token", "CCIPAT_", "A-Za-z0-9_", 40),
    Token("ci-token", "bkua_", _HEX, 40),
    Token("ci-token", "sgp_", "A-Za-z0-9_", 40),
    Token("ci-token", "PMAK-", "A-Za-z0-9-", 50),
    Token("ci-token", "ico-", _ALNUM, 32),
    Token("ci-token", "rdme_", "a-z0-9", 70),
    Token("password-manager-token", "ops_eyJ", "A-Za-z0-9+/=", 100),
    # Monitoring.
    Token("monitoring-token", "glc_", "A-Za-z0-9+/=", 32),
    Token("monitoring-token", "dt0c01.", "A-Z0-9.", 60),
    Token("monitoring-token", "NRAK-|NRJS-|NRII-|NRBR-", "A-Za-z0-9-", 19),
    Token("monitoring-token", "sntryu_", _HEX, 64),
    # Business.
    Token("payment-key", "sq0atp-|sq0csp-", _WIDE, 22),
    Token("payment-key", "EAAAE", _WIDE, 55),
    Token("payment-key", "FLWSECK-|FLWSECK_TEST-", "A-Za-z0-9-", 12),
    Token("shop-token", "shpat_|shpca_|shppa_|shpss_", "0-9a-fA-F", 32),
    Token("shop-token", "shippo_live_|shippo_test_", _HEX, 40),
    Token("shop-token", "duffel_live_|duffel_test_", "A-Za-z0-9_=-", 43),
    Token("shop-token", "EZAK|EZTK", _ALNUM, 50),
    Token("mail-key", "xkeysib-|xsmtpsib-", "0-9a-f-", 60),
    Token("media-token", "p8e-", _ALNUM, 32),
    Token("media-token", "fio-u-", "A-Za-z0-9_=-", 60),
    Token("media-token", "tfp_", "A-Za-z0-9_.=-", 50),
    Token("media-token", "EAACEdEose0cBA|EAAM", _ALNUM, 90),
    Token("drive-token", "sl.u.|sl.B", _WIDE, 60),
)
