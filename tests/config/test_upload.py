"""The tables `[upload]` of both files: their values, their mistakes, and that none of their values is shown."""

from pathlib import Path

import pytest

from sdssync.config.effective import effective_profile
from sdssync.config.installation import load
from sdssync.config.secret import SecretPlace
from sdssync.config.upload import GRAPH_URL, LOGIN_URL, ProfileUpload, UploadSettings
from sdssync.errors import ConfigError
from tests.support.installation import SETTINGS, install

TENANT = "0D6F2A51-7c1e-4b0a-9d3f-5a6b7c8d9e0f"
CLIENT = "b7a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d"
LOGIN = f'[upload]\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
UPLOAD = f'{LOGIN}secret_env = "SDS_SECRET"\n'
SENIORS = 'name = "Seniors"\nformat = "v2.1"\noutput = "csv/Seniors"\nyear_groups = [9]\n'
PREP = 'name = "Prep"\nformat = "v2.1"\noutput = "csv/Prep"\nyear_groups = [3]\n'
SCHOOL = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Seniors", "Prep"]\n'
CONNECTOR = '[upload]\nconnector = "C4NARY school"\n'


def profile_mistakes(folder: Path, settings: str, **profiles: str) -> dict[str, list[str]]:
    """Return the mistakes of each wrong profile file."""
    school = load(install(folder, f"{SETTINGS}\n{settings}", **profiles)).school
    return {file.file.stem: [str(mistake) for mistake in file.mistakes] for file in school.wrong}


def test_every_key(tmp_path: Path) -> None:
    """Every key becomes a value: paths count from the folder of the settings, host names are in lower case."""
    table = (
        f'{LOGIN}certificate_file = "secrets/sds.pfx"\ncertificate_password_env = "SDS_PASSWORD"\n'
        'login_url = "http://127.0.0.1:8001/"\ngraph_url = "https://localhost:8002"\n'
        'trusted_hosts = ["SDS-euw.cloudapp.azure.com", "localhost"]\nca_file = "school-ca.pem"\n'
    )

    assert load(install(tmp_path, f"{SETTINGS}\n{table}")).school.settings.upload == UploadSettings(
        tenant=TENANT,
        client_id=CLIENT,
        certificate_file=tmp_path / "secrets/sds.pfx",
        certificate_password_env="SDS_PASSWORD",  # noqa: S106  (the name of a variable)
        secret=None,
        login_url="http://127.0.0.1:8001",
        graph_url="https://localhost:8002",
        trusted_hosts=("sds-euw.cloudapp.azure.com", "localhost"),
        ca_file=tmp_path / "school-ca.pem",
    )


@pytest.mark.parametrize(
    ("line", "file", "variable"),
    [
        pytest.param('secret_file = "secrets/sds.secret"', "secrets/sds.secret", None, id="file"),
        pytest.param('secret_env = "SDS_SECRET"', None, "SDS_SECRET", id="variable"),
    ],
)
def test_defaults(tmp_path: Path, line: str, file: str | None, variable: str | None) -> None:
    """A tenant, a client and the place of its secret are enough; the servers are those of Microsoft."""
    place = SecretPlace(
        what="the client secret of the app registration",
        key=f"upload.{line.partition(' ')[0]}",
        file=tmp_path / file if file else None,
        variable=variable,
    )

    assert load(install(tmp_path, f"{SETTINGS}\n{LOGIN}{line}\n")).school.settings.upload == UploadSettings(
        tenant=TENANT,
        client_id=CLIENT,
        certificate_file=None,
        certificate_password_env=None,
        secret=place,
        login_url=LOGIN_URL,
        graph_url=GRAPH_URL,
        trusted_hosts=(),
        ca_file=None,
    )


def test_no_table(tmp_path: Path) -> None:
    """Without the tables nothing is uploaded."""
    school = load(install(tmp_path, SETTINGS, seniors=SENIORS)).school

    assert (school.settings.upload, [profile.upload for profile in school.profiles]) == (None, [None])


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ('certificate_file = "sds.pem"', ("sds.pem",)),
        ('secret_file = "sds.secret"', ("sds.secret",)),
        ('secret_env = "SDS_SECRET"', ()),
    ],
)
def test_secret_files(tmp_path: Path, line: str, files: tuple[str, ...]) -> None:
    """The certificate, which has the private key, and the secret are files that their account alone may read."""
    upload = load(install(tmp_path, f"{SETTINGS}\n{LOGIN}{line}\n")).school.settings.upload

    assert upload
    assert upload.secret_files == tuple(tmp_path / file for file in files)


@pytest.mark.parametrize("tenant", [TENANT, "myschool.onmicrosoft.com", "myschool.example", "xn--schl-5qa.example"])
def test_right_tenant(tmp_path: Path, tenant: str) -> None:
    """A tenant is known by its id and by each of its domains."""
    upload = load(install(tmp_path, f"{SETTINGS}\n{UPLOAD.replace(TENANT, tenant)}")).school.settings.upload

    assert upload
    assert upload.tenant == tenant


WRONG_TENANT = (
    "upload.tenant: expected the id of the tenant or one of its domains, found a text: it is neither a GUID nor a "
    "domain like myschool.onmicrosoft.com; the overview of Microsoft Entra shows both"
)
WRONG_CLIENT = (
    "upload.client_id: expected the id of the app registration, found a text: it is not a GUID; the overview of the "
    "app registration shows it as Application (client) ID"
)
WRONG_HOST = (
    "upload.trusted_hosts[0]: expected the exact name of a server in quotes, found a text: "
    "it is not one host name, without wildcard, scheme or port"
)
OTHER_SERVER = "only Microsoft may get the secret and the token, so leave the key out"
MUST_NOT = "must not be in this file, which is copied, mailed and backed up"
CLIENT_SECRET = (
    f"a client secret {MUST_NOT}: write it to a file of its own and set secret_file in [upload] of sdssync.toml, "
    "or set secret_env to the name of a variable"
)
PASSWORD = f"a password {MUST_NOT}: set certificate_password_env in [upload] of sdssync.toml to the name of a variable"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            LOGIN,
            "upload: expected a certificate or a secret: certificate_file, secret_file or secret_env; found none",
            id="no secret",
        ),
        pytest.param(
            f'{LOGIN}secret_env = "S"\nsecret_file = "C4NARY"\n',
            "upload: expected one of certificate_file, secret_file and secret_env, found secret_file and secret_env",
            id="two secrets",
        ),
        pytest.param(
            f'{LOGIN}secret_env = "S"\nsecret_file = "C4NARY"\ncertificate_file = "C4NARY"\n',
            "upload: expected one of certificate_file, secret_file and secret_env, "
            "found certificate_file and secret_file and secret_env",
            id="all three",
        ),
        pytest.param(
            f'{UPLOAD}certificate_password_env = "C4NARY"\n',
            "upload: expected certificate_file as well as certificate_password_env, found none",
            id="a password for no certificate",
        ),
        pytest.param(
            f'{LOGIN}certificate_password_env = "C4NARY"\n',
            "upload: expected certificate_file as well as certificate_password_env, found none",
            id="a password alone",
        ),
        pytest.param(UPLOAD.replace("tenant", "# tenant"), "upload.tenant: required, but missing", id="no tenant"),
        pytest.param(UPLOAD.replace(TENANT, "C4NARY"), WRONG_TENANT, id="tenant without a dot"),
        pytest.param(UPLOAD.replace(TENANT, "https://C4NARY.example"), WRONG_TENANT, id="tenant is an address"),
        pytest.param(UPLOAD.replace(TENANT, "10.0.0.1"), WRONG_TENANT, id="tenant is an IP address"),
        pytest.param(UPLOAD.replace(TENANT, f"{TENANT}0"), WRONG_TENANT, id="a digit too many"),
        pytest.param(UPLOAD.replace(TENANT, "a." * 200 + "example"), WRONG_TENANT, id="tenant is too long"),
        pytest.param(UPLOAD.replace(CLIENT, "C4NARY"), WRONG_CLIENT, id="client is no GUID"),
        pytest.param(UPLOAD.replace(CLIENT, f"{{{CLIENT}}}"), WRONG_CLIENT, id="client in braces"),
        pytest.param(UPLOAD.replace(f'"{CLIENT}"', "7"), WRONG_CLIENT.partition(", found")[0], id="client is a number"),
        pytest.param(
            UPLOAD.replace("SDS_SECRET", "C4NARY~x"),
            "upload.secret_env: expected the name of an environment variable, found a text",
            id="the secret itself as a variable",
        ),
        pytest.param(
            f'{UPLOAD}login_url = "https://login.C4NARY.example"',
            f"upload.login_url: expected {LOGIN_URL}, or a loopback address for tests, found a text: {OTHER_SERVER}",
            id="another login",
        ),
        pytest.param(
            f'{UPLOAD}graph_url = "https://graph.microsoft.com.C4NARY.example"',
            f"upload.graph_url: expected {GRAPH_URL}, or a loopback address for tests, found a text: {OTHER_SERVER}",
            id="looks like Graph",
        ),
        pytest.param(f'{UPLOAD}graph_url = "https://127.0.0.1.C4NARY.example"', OTHER_SERVER, id="looks like loopback"),
        pytest.param(
            f'{UPLOAD}graph_url = "http://graph.microsoft.com"', "http is for loopback addresses only", id="http"
        ),
        pytest.param(
            f'{UPLOAD}graph_url = "https://C4NARY@127.0.0.1"', "it contains a user or a password", id="a user"
        ),
        pytest.param(
            f'{UPLOAD}login_url = "http://127.0.0.1/?x=C4NARY"', "it has more than a host and a port", id="a query"
        ),
        pytest.param(
            f'{UPLOAD}graph_url = "http://localhost/C4NARY"', "it has more than a host and a port", id="a path"
        ),
        pytest.param(
            f'{UPLOAD}graph_url = "http://localhost/#C4NARY"', "it has more than a host and a port", id="a fragment"
        ),
        pytest.param(f'{UPLOAD}trusted_hosts = ["*.C4NARY.example"]', WRONG_HOST, id="a wildcard"),
        pytest.param(f'{UPLOAD}trusted_hosts = [".C4NARY.example"]', WRONG_HOST, id="an ending"),
        pytest.param(f'{UPLOAD}trusted_hosts = ["10.0.0.1"]', WRONG_HOST, id="an IP address"),
        pytest.param(f'{UPLOAD}trusted_hosts = ["::1"]', WRONG_HOST, id="an IPv6 address"),
        pytest.param(f'{UPLOAD}trusted_hosts = ["C4NARY.example:8698"]', WRONG_HOST, id="a port"),
        pytest.param(f'{UPLOAD}trusted_hosts = ["https://C4NARY.example"]', WRONG_HOST, id="an address"),
        pytest.param(f"{UPLOAD}trusted_hosts = []", "upload.trusted_hosts: expected at least one value", id="no host"),
        pytest.param(
            f'{UPLOAD}ca_file = ""', "upload.ca_file: expected a path in quotes, found a text: it is empty", id="path"
        ),
        pytest.param("upload = 1\n", "upload: expected a table, found a number", id="no table"),
        pytest.param(f'{UPLOAD}secret = "C4NARY"', f"upload.secret: {CLIENT_SECRET}", id="a secret"),
        pytest.param(f'{UPLOAD}client_secret = "C4NARY"', f"upload.client_secret: {CLIENT_SECRET}", id="client secret"),
        pytest.param(f'{UPLOAD}token = "C4NARY"', f"upload.token: {CLIENT_SECRET}", id="a token"),
        pytest.param(f'{UPLOAD}password = "C4NARY"', f"upload.password: {PASSWORD}", id="a password"),
        pytest.param(
            f'{UPLOAD}certificate_password = "C4NARY"',
            f"upload.certificate_password: {PASSWORD}",
            id="the password of the certificate",
        ),
        pytest.param(
            f'{UPLOAD}certificate = "C4NARY"',
            'upload.certificate: unknown key, did you mean "certificate_file"?',
            id="misspelt",
        ),
    ],
)
def test_mistakes_of_settings(tmp_path: Path, table: str, expected: str) -> None:
    """Each mistake is reported once, with its key and without its value."""
    settings = f"{table}{SETTINGS}" if table.startswith("upload =") else f"{SETTINGS}\n{table}"
    with pytest.raises(ConfigError) as caught:
        load(install(tmp_path, settings))

    _, *found = caught.value.message.splitlines()
    assert len(found) == 1
    assert expected in found[0]
    assert "C4NARY" not in found[0]


def test_every_key_of_a_profile(tmp_path: Path) -> None:
    """A profile names its connector, and may start a run or ask for a trial."""
    trial = f"{PREP}[upload]\nconnector = 'prep'\nvalidate_only = true\n"
    config = install(tmp_path, f"{SETTINGS}\n{UPLOAD}", seniors=f"{SENIORS}{CONNECTOR}start_run = true\n", prep=trial)

    assert [profile.upload for profile in load(config).school.profiles] == [
        ProfileUpload(connector="prep", start_run=False, validate_only=True),
        ProfileUpload(connector="C4NARY school", start_run=True, validate_only=False),
    ]


def test_a_combined_profile(tmp_path: Path) -> None:
    """The set of a combined profile is the usual one to hand over; its parts need no table."""
    config = install(tmp_path, f"{SETTINGS}\n{UPLOAD}", school=SCHOOL + CONNECTOR, seniors=SENIORS, prep=PREP)

    assert {profile.name: profile.upload for profile in load(config).school.profiles} == {
        "Prep": None,
        "School": ProfileUpload(connector="C4NARY school"),
        "Seniors": None,
    }


NO_LOGIN = "upload: expected an [upload] table in sdssync.toml as well, which says how to log in; found none"
NO_V21 = 'upload: expected format = "v2.1" as well, which SDS takes today; found "v2"'
OWN_UPLOAD = "upload: expected only in a profile with an output; the combined profile has its own [upload]"
ONE_SOURCE = (
    "upload.connector: expected a connector of its own, found that of profiles.d/{}.toml: "
    "SDS takes one data source, so hand over the set of a combined profile (combine = [...])"
)
TRIAL = "upload: expected one of start_run and validate_only, found both: a trial starts no run"
LEAVERS = "has mistakes; without this part its people would look like leavers"


@pytest.mark.parametrize(
    ("settings", "profiles", "expected"),
    [
        pytest.param("", {"seniors": SENIORS + CONNECTOR}, {"seniors": [NO_LOGIN]}, id="no login"),
        pytest.param(
            UPLOAD,
            {"seniors": SENIORS.replace('format = "v2.1"\n', "") + CONNECTOR},
            {"seniors": [NO_V21]},
            id="the format of the script by default",
        ),
        pytest.param(
            UPLOAD,
            {"school": SCHOOL.replace("v2.1", "v2") + CONNECTOR, "seniors": SENIORS, "prep": PREP},
            {"school": [NO_V21]},
            id="a combined set in the format of the script",
        ),
        pytest.param(
            UPLOAD,
            {"seniors": f"{SENIORS}{CONNECTOR}start_run = true\nvalidate_only = true\n"},
            {"seniors": [TRIAL]},
            id="a trial that starts a run",
        ),
        pytest.param(
            UPLOAD, {"seniors": f"{SENIORS}[upload]\n"}, {"seniors": ["upload.connector: required, but missing"]},
            id="no connector",
        ),
        pytest.param(
            UPLOAD,
            {"seniors": f"{SENIORS}{CONNECTOR}start_run = 'C4NARY'\n"},
            {"seniors": ["upload.start_run: expected true or false, without quotes, found a text"]},
            id="a text for true",
        ),
        pytest.param(
            UPLOAD, {"seniors": f"{SENIORS}{CONNECTOR}secret = 'C4NARY'\n"},
            {"seniors": [f"upload.secret: {CLIENT_SECRET}"]},
            id="a secret in a profile",
        ),
        pytest.param(
            UPLOAD,
            {"school": SCHOOL, "seniors": SENIORS, "prep": PREP.replace('output = "csv/Prep"\n', "") + CONNECTOR},
            {"prep": [OWN_UPLOAD], "school": [f"combine[1]: profiles.d/prep.toml {LEAVERS}"]},
            id="a part without output",
        ),
        pytest.param(
            UPLOAD,
            {"seniors": SENIORS + CONNECTOR, "prep": PREP + CONNECTOR.replace("school", "SCHOOL")},
            {"seniors": [ONE_SOURCE.format("prep")], "prep": [ONE_SOURCE.format("seniors")]},
            id="one connector for two",
        ),
        pytest.param(
            UPLOAD,
            {"school": SCHOOL + CONNECTOR, "seniors": SENIORS + CONNECTOR, "prep": PREP},
            {
                "seniors": [ONE_SOURCE.format("school")],
                "school": [ONE_SOURCE.format("seniors"), f"combine[0]: profiles.d/seniors.toml {LEAVERS}"],
            },
            id="one connector for a part and its whole",
        ),
        pytest.param(
            UPLOAD,
            {"seniors": SENIORS + CONNECTOR, "prep": PREP + CONNECTOR.replace("school", "prep")},
            {},
            id="two connectors",
        ),
    ],
)  # fmt: skip
def test_mistakes_of_profiles(
    tmp_path: Path, settings: str, profiles: dict[str, str], expected: dict[str, list[str]]
) -> None:
    """Each mistake is one of the profile, and shows no value of the table."""
    found = profile_mistakes(tmp_path, settings, **profiles)

    assert found == expected
    assert "C4NARY" not in str(found)


def test_the_rows_do_not_depend_on_it(tmp_path: Path) -> None:
    """The effective profile is the same with and without the table."""
    config = install(tmp_path, f"{SETTINGS}\n{UPLOAD}", a=SENIORS + CONNECTOR, b=SENIORS.replace("Seniors", "Others"))
    school = load(config).school

    one, other = (effective_profile(profile, school.settings.identity) for profile in school.profiles)

    assert one == other


def test_nothing_is_shown_by_repr(tmp_path: Path) -> None:
    """What identifies the school at Microsoft is not in a text that a debugger or a log could make of the values."""
    school = load(install(tmp_path, f"{SETTINGS}\n{UPLOAD}", seniors=SENIORS + CONNECTOR)).school

    text = repr((school.settings.upload, school.profiles))

    assert not [value for value in (TENANT, CLIENT, "C4NARY") if value in text]
