"""What is known as a secret and what is none; every secret here is made up, and put together late."""

import pytest

from p2a.secret_forms import entropy, find_secrets, is_random, redact

# In one piece, a scanner of secrets would take them for real ones.
LETTERS = "Zq7Rt2Kp9Xw4Lm8Vb3Nc6Hd1Jf5Gs0TyUeWi"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA"
SECRETS = {
    "AWS": "AKIA" + "Q7RT2KP5XW4LM6VB",
    "AWS for a session": "ASIA" + "Q7RT2KP5XW4LM6VB",
    "GitHub, classic": "ghp_" + LETTERS,
    "GitHub, of an App": "ghs_" + LETTERS,
    "GitHub, fine-grained": "github_pat_" + LETTERS[:22] + "_" + (LETTERS * 2)[:59],
    "GitLab": "glpat-" + LETTERS[:20],
    "OpenAI": "sk-proj-" + LETTERS,
    "Anthropic": "sk-ant-" + LETTERS,
    "Stripe": "sk_live_" + LETTERS[:24],
    "Google": "AIza" + LETTERS[:35],
    "Slack": "xoxb-" + "731904826153-" + LETTERS[:24],
    "Slack's hook": "hooks.slack.com/services/T02AB3CD4/B05EF6GH7/" + LETTERS[:24],
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + LETTERS * 2,
    "npm": "npm_" + LETTERS,
    "Hugging Face": "hf_" + "ZqRtKpXwLmVbNcHdJfGsTyUeWiOaSdFgHj",
    "a Web Token": "eyJ" + LETTERS[:20] + ".eyJ" + LETTERS[:20] + "." + LETTERS,
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_find_secrets__m11_each_form_is_found_where_it_stands(secret: str) -> None:
    text = f"first line\nvalue = '{secret}'\nlast line\n"
    [found] = find_secrets(text)
    assert text[found.start : found.end] == secret
    assert not found.is_example
    assert redact(text) == "first line\nvalue = '***'\nlast line\n"


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_find_secrets__m11_a_private_key_is_found_by_its_body(kind: str) -> None:
    begin = f"-----BEGIN {kind}" + "PRIVATE KEY-----"
    [found] = find_secrets(f"{begin}\n{BODY}\n-----END {kind}PRIVATE KEY-----\n")
    assert found.form.name == "a private key"
    assert len(list(find_secrets(f'KEY = "{begin}\\n{BODY}\\n"'))) == 1
    assert BODY not in redact(f"{begin}\n{BODY}\n")


@pytest.mark.parametrize("between", ["\n", "\\n", '"\n    "', "\\n' +\n    '"])
def test_redact__leaves_no_line_of_a_private_key(between: str) -> None:
    rows = ["-----BEGIN RSA " + "PRIVATE KEY-----", BODY, LETTERS * 2, LETTERS[:9] + "=="]
    text = between.join([*rows, "-----END RSA " + "PRIVATE KEY-----", "shown = 1"])
    redacted = redact(text)
    assert not any(part in redacted for part in (BODY, LETTERS[:9]))
    assert redacted.endswith("shown = 1")


@pytest.mark.parametrize(
    "line", ["AWS_SECRET_ACCESS_KEY={}", "export DB_PASSWORD={}", "  API_KEY_2={}  ", "TOKEN={}=="]
)
def test_find_secrets__m11_without_quotes_in_a_file_for_an_environment(line: str) -> None:
    text = f"DEBUG=1\n{line.format(LETTERS)}\nPORT=80\n"
    assert LETTERS not in redact(text)
    assert len(list(find_secrets(text))) == 1


@pytest.mark.parametrize(
    "line", ["AWS_SECRET_ACCESS_KEY={}", "secret-access-key: {}", '{{"SecretAccessKey": "{}"}}']
)
def test_find_secrets__m11_an_aws_secret_key_whose_slashes_make_a_path_of_it(line: str) -> None:
    key = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzQmTuVwKEY"
    [found] = find_secrets(f"{line.format(key)}\n")
    assert (found.form.name, found.is_example) == ("an AWS secret key", False)
    [documented] = find_secrets(line.format(key.replace("zQmTuVw", "EXAMPLE")))
    assert documented.is_example
    assert not list(find_secrets(line.format("path/to/the/secret")))


def test_find_secrets__g24_capitals_that_grow_hide_nothing() -> None:
    """The small form of this letter is two characters, so offsets in small letters are others."""
    text = "# " + "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}" * 500 + f"\nPASSWORD = '{LETTERS}'\n"
    [found] = find_secrets(text)
    assert text[found.start : found.end] == LETTERS


@pytest.mark.parametrize(
    "text",
    [
        "if line.startswith('-----BEGIN " + "PRIVATE KEY-----'):",
        "-----BEGIN CERTIFICATE-----\n" + BODY,
        "AKIA is how the key begins",
        "MAKIA" + "Q7RT2KP5XW4LM6VB",
        "ghp_short",
        "sk-loading-spinner-of-the-first-page-that-is-shown",
        "xoxo-hugs-and-kisses",
        "password = 'correct horse battery'",
        "password = 'password_of_the_user'",
        "token = 'csrfmiddlewaretoken'",
        "secret = os.environ['APPLICATION_SECRET_1']",
        "api_key = settings.THE_LONG_NAME_OF_A_SETTING_1",
        "password: str = ''",
        "token_url = 'https://host/path/of/the/token/endpoint'",
        "PASSWORD_HASHER = 'django.contrib.auth.hashers.PBKDF2PasswordHasher'",
        "checksum = '" + LETTERS + "'",
        "CHECKSUM=" + LETTERS,
        "DB_PASSWORD=$" + LETTERS,
        "TOKEN_URL=https://host/" + LETTERS,
        "run TOKEN=" + LETTERS,
    ],
)
def test_find_secrets__what_only_resembles_one_is_none(text: str) -> None:
    assert list(find_secrets(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "password = '{}'",
        'api_key: str = "{}"',
        '{{"client_secret": "{}"}}',
        "connect(access_key='{}')",
        "SECRET_KEY = '{}'",
    ],
)
def test_find_secrets__m11_a_random_literal_named_as_a_secret_is_found(text: str) -> None:
    [found] = find_secrets(text.format(LETTERS[:24]))
    assert (found.form.name, found.form.is_certain) == ("a password or key", False)


@pytest.mark.parametrize(
    "secret", ["AKIA" + "IOSFODNN7EXAMPLE", "ghp_" + "x" * 36, "ghp_" + "1234567890" * 4]
)
def test_find_secrets__an_example_is_told(secret: str) -> None:
    [found] = find_secrets(secret)
    assert found.is_example


def test_find_secrets__an_assigned_token_is_found_once() -> None:
    assert len(list(find_secrets(f"token = '{SECRETS['GitHub, classic']}'"))) == 1


def test_find_secrets__a_line_that_a_program_wrote_is_left_out() -> None:
    assert list(find_secrets("x" * 2000 + f"password='{LETTERS}'")) == []


def test_redact__keeps_what_is_no_secret() -> None:
    text = f"{SECRETS['AWS']}, {SECRETS['npm']} and password='{LETTERS[:20]}'."
    assert redact(text) == "***, *** and password='***'."
    assert redact("nothing here\n") == "nothing here\n"


def test_is_random__by_letters_digits_and_their_entropy() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
    assert is_random(LETTERS)
    assert not is_random("a1" * 12)
    assert not is_random("only_words_in.here")
    assert not is_random("1234567890123456")
