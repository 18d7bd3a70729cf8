"""
Everything that can go wrong with a hand-over: how to bring it about, what it looks like, and what puts it right.

`tests/jobs/test_upload_failures.py` holds each row to its words and to what the next run does; the canaries search all
of them for secrets.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from sdssync.publish.uploads import Stage, UploadOutcome, UploadRecord
from tests.support.app_certificate import AppCertificate, new_certificate
from tests.support.fake_graph.faults import GATEWAY_TIMEOUT, Drop, Fault, Faults, Status, redirect, throttled
from tests.support.fake_graph.world import CANARY, Connector, Location, Outcome
from tests.support.uploads import CONNECTOR, SCHOOL, VARIABLE, Handing, publish

PASSWORD_VARIABLE = "SDSSYNC_UPLOAD_PASSWORD"  # noqa: S105  (a name)
PASSWORD = f"{CANARY}-password"
"""Of the key, in that variable."""
BY_CERTIFICATE = 'certificate_file = "app.pem"'
BY_ENCRYPTED_CERTIFICATE = f'{BY_CERTIFICATE}\ncertificate_password_env = "{PASSWORD_VARIABLE}"'
STARTING_A_RUN = f"{CONNECTOR}\nstart_run = true"
ALWAYS = 1000
"""So often that no attempt gets through."""
_ELSEWHERE = "11111111-2222-4333-8444-555555555555"
_REFUSED = "the storage of SDS does not take classes.csv: status"

_AGAIN = "the next run takes it up again"

Step = Callable[[Handing], None]


def _without_faults(handing: Handing) -> None:
    handing.microsoft.world.faults = Faults()
    handing.microsoft.switches.outcome = Outcome()


@dataclass(frozen=True, slots=True)
class Failure:
    """One row."""

    name: str
    arrange: Step = field(repr=False)
    words: str
    """In the error of the log line."""
    hint: str = _AGAIN
    """In its hint."""
    code: int = 7
    event: str = "upload.failed"
    outcome: UploadOutcome = UploadOutcome.FAILED
    stage: Stage | None = None
    """What the record says is under way afterwards."""
    finished: int = 0
    """Sets that SDS has got afterwards."""
    finished_next: int = 1
    """And after the next run."""
    cure: Step = field(default=_without_faults, repr=False)
    """What is put right before the next run."""


def meets(fault: Fault, of: str, times: int = 1) -> Step:
    return lambda handing: handing.microsoft.script(fault, of=of, times=times)


def _answers(of: str, content: object, status: int = 200) -> Step:
    body = content if isinstance(content, str) else json.dumps(content)
    return meets(Status(status, {"Content-Type": "application/json"}, body), of)


def _redirects(of: str) -> Step:
    return lambda handing: handing.microsoft.script(redirect(f"{handing.microsoft.service_url}/elsewhere"), of=of)


def _app(**changes: Any) -> Step:
    def change(handing: Handing) -> None:
        for name, value in changes.items():
            setattr(handing.microsoft.app, name, value)

    return change


def switches(**changes: Any) -> Step:
    def change(handing: Handing) -> None:
        for name, value in changes.items():
            setattr(handing.microsoft.switches, name, value)

    return change


def _outcome(**changes: Any) -> Step:
    return switches(outcome=Outcome(**changes))


def profile(upload: str) -> Step:
    return lambda handing: handing.write(upload)


def both(*steps: Step) -> Step:
    def take(handing: Handing) -> None:
        for step in steps:
            step(handing)

    return take


def _without(permission: str) -> Step:
    return lambda handing: handing.microsoft.app.permissions.discard(permission)


def _with(permission: str) -> Step:
    return lambda handing: handing.microsoft.app.permissions.add(permission)


def _tenant(tenant: str) -> Step:
    def change(handing: Handing) -> None:
        handing.microsoft.world.tenant = tenant

    return change


def _secret_of_variable(handing: Handing) -> None:
    handing.microsoft.app.secret = os.environ[VARIABLE]


LOGIN = (
    Failure("wrong secret", _app(secret=f"{CANARY}-another"), "the client secret is wrong (AADSTS7000215)",
            "make a new client secret", cure=_secret_of_variable),
    Failure("expired secret", _app(is_secret_expired=True), "the client secret has expired (AADSTS7000222)",
            "make a new client secret", cure=_app(is_secret_expired=False)),
    Failure("unknown app", _app(client_id=_ELSEWHERE), "the tenant has no app with this client_id (AADSTS700016)",
            "compare tenant and client_id", cure=lambda handing: handing.write()),
    Failure("unknown tenant", _tenant(_ELSEWHERE), "there is no such tenant (AADSTS90002)",
            "compare tenant and client_id", cure=lambda handing: handing.write()),
    Failure("an unknown number of an error", _answers("token", {"error": "invalid_client", "error_codes": [1]}, 401),
            "the secret or the certificate of the app is wrong or has expired (invalid_client)", "compare them"),
    Failure("no consent for a token", _answers("token", {"error": "unauthorized_client", "error_codes": "?"}, 400),
            "the app may not get a token for itself (unauthorized_client)", "compare tenant and client_id"),
    Failure("an unknown error of the login", _answers("token", {"error": "new_error"}, 400),
            "holds no token (status 400, new_error)", "compare tenant and client_id"),
    Failure("login in HTML", _answers("token", "<html>", 400), "holds no token (status 400)", "compare tenant"),
    Failure("200 without a token", _answers("token", {}), "holds no token (status 200)", "compare tenant"),
    Failure("redirect of the login", _redirects("token"), "holds no token (status 307)", "compare tenant"),
)  # fmt: skip

_READ, _UPLOAD = "IndustryData-DataConnector.Read.All", "IndustryData-DataConnector.Upload"
_BASIC, _START = "IndustryData.ReadBasic.All", "IndustryData-Run.Start"


def _no_consent(permission: str, words: str, **more: Any) -> Failure:
    before = more.pop("before", both())
    return Failure(
        f"no consent for {permission}{more.pop('how', '')}", both(before, _without(permission)), words,
        f"the permission {permission} (type Application)", cure=_with(permission), **more,
    )  # fmt: skip


def by_id(handing: Handing) -> None:
    handing.write(f'connector = "{handing.microsoft.connector.id}"')


CONSENT = (
    Failure("a token that is refused twice", meets(Status(401), "session", 2),
            "Microsoft refuses an upload session: status 401", "compare tenant and client_id", stage=Stage.SENDING),
    _no_consent(_READ, "Microsoft refuses the list of connectors: status 403"),
    _no_consent(_READ, "Microsoft refuses the connector: status 403", before=by_id, how=", by id"),
    _no_consent(_UPLOAD, "Microsoft refuses an upload session: status 403", stage=Stage.SENDING),
    _no_consent(_BASIC, "Microsoft refuses the result of the validation: status 403", stage=Stage.VALIDATING,
                finished=1),
    _no_consent(_START, "Microsoft refuses the start of a run: status 403", stage=Stage.STARTING, finished=1,
                before=profile(STARTING_A_RUN), event="upload.started_no_run", outcome=UploadOutcome.UPLOADED),
)  # fmt: skip


def _twin(handing: Handing) -> None:
    handing.microsoft.world.connectors.append(Connector(_ELSEWHERE, "HARTLEY CSV"))


def _no_twin(handing: Handing) -> None:
    handing.microsoft.world.connectors.pop()


def _connector(name: str, value: str) -> Step:
    return lambda handing: setattr(handing.microsoft.connector, name, value)


def _own_connector(handing: Handing) -> None:
    handing.write()


_NAMED = "compare upload.connector"
CONNECTORS = (
    Failure("no connector of this name", profile('connector = "Hartly CSV"'),
            "SDS has no connector with the name in upload.connector; the ids of those it has: 51dca0a0", _NAMED,
            cure=_own_connector),
    Failure("no connector with this id", profile(f'connector = "{_ELSEWHERE}"'),
            "SDS has no connector with the id that upload.connector names", _NAMED, cure=_own_connector),
    Failure("two connectors of this name", _twin, "SDS has 2 connectors of the name", f"by its id: 51dca0a0-85f6-4478-"
            f"f526-08daddab2271, {_ELSEWHERE}", cure=_no_twin),
    Failure("a connector that takes no CSV", profile('connector = "Hartley OneRoster"'), "does not take CSV files",
            _NAMED, cure=_own_connector),
    Failure("such a connector by id", profile('connector = "7e0c1d5e-0f0e-4b53-9a42-08daddab2272"'),
            "does not take CSV files", _NAMED, cure=_own_connector),
    Failure("a connector of V1", profile('connector = "Hartley CSV of the old kind"'),
            "does not take the format V2.1", "make a new data connection", cure=_own_connector),
    Failure("a list without connectors", _answers("connectors", {"value": "?"}),
            "the ids of those it has: none", _NAMED),
    Failure("a list that goes on elsewhere",
            _answers("connectors", {"value": [], "@odata.nextLink": "https://graph.myschool.example/beta"}),
            "Microsoft names an address that must not get the token of the app", "update sdssync"),
    Failure("a connector without an id", _answers("connectors", {"value": [{"displayName": "Hartley CSV"}]}),
            "no connector with an id", "update sdssync"),
)  # fmt: skip

SENDING = (
    Failure("a session without an address", _answers("session", {"containerId": "1"}),
            "has no address that files could be sent to", "may have changed", stage=Stage.SENDING),
    Failure("a session in clear text",
            _answers("session", {"containerId": "1", "sessionUrl": f"http://sds.example/1?sig={CANARY}"}),
            "has no address that files could be sent to", "may have changed", stage=Stage.SENDING),
    Failure("sessions that end at once", meets(Status(403), "create", ALWAYS),
            f"{_REFUSED} 403, AuthenticationFailed", stage=Stage.SENDING),
    Failure("sessions that end before the flush", meets(Status(403), "flush", ALWAYS),
            f"{_REFUSED} 403, AuthenticationFailed", stage=Stage.SENDING),
    Failure("containers that are gone", meets(Status(404), "append", ALWAYS), f"{_REFUSED} 404, PathNotFound",
            stage=Stage.SENDING),
    Failure("a file that is refused", meets(Status(400), "append"), f"{_REFUSED} 400, InvalidUri",
            "quote the request-id", stage=Stage.SENDING),
    Failure("redirect of a file", _redirects("create"), f"{_REFUSED} 307", "which proxy or firewall",
            stage=Stage.SENDING),
    Failure("pieces that get lost", meets(Status(500), "append", ALWAYS), "answered with status 500, InternalError",
            stage=Stage.SENDING),
)  # fmt: skip


def on_service_alone(handing: Handing) -> None:
    """Let SDS keep operations on a server of its own, which has a name."""
    world = handing.microsoft.world
    world.addresses["service"] = world.addresses["service"].replace("127.0.0.1", "localhost")
    switches(location=Location.SERVICE, has_operations_on_graph=False, is_service_trusted=True)(handing)


VALIDATION = (
    Failure("a session that expires before the validation", meets(Status(400), "validate"),
            "Microsoft refuses the validation: status 400", "quote the request-id", stage=Stage.VALIDATING),
    Failure("a validation without an address", _answers("validate", "", 202), "does not say where the validation",
            "may have changed", stage=Stage.VALIDATING),
    Failure("a validation with a parameter in its address",
            meets(Status(202, {"Location": f"/operations/1?sig={CANARY}"}, ""), "validate"),
            "does not say where the validation", "may have changed", stage=Stage.VALIDATING),
    Failure("a validation whose answer is lost and that SDS does not list", meets(Drop.BEFORE, "validate"),
            "closed the connection before it had answered", stage=Stage.VALIDATING),
    Failure("HTML from a gateway in answer to the validation", meets(GATEWAY_TIMEOUT, "validate"),
            "answered with status 504", stage=Stage.VALIDATING),
    Failure("a validation that never ends", _outcome(never_ends=True), "not ended the validation within 30 minutes",
            stage=Stage.VALIDATING, finished=1,
            cure=lambda handing: setattr(handing.microsoft.world.operations[0], "outcome", Outcome())),
    Failure("an unknown status", _outcome(status="pausedForReview"),
            "within 30 minutes; its status is pausedForReview, which sdssync does not know", stage=Stage.VALIDATING,
            finished=1, cure=lambda handing: setattr(handing.microsoft.world.operations[0], "outcome", Outcome())),
    Failure("a status that is no word", _outcome(status=f"{CANARY} <b>"), "its status is missing",
            stage=Stage.VALIDATING, finished=1,
            cure=lambda handing: setattr(handing.microsoft.world.operations[0], "outcome", Outcome())),
    Failure("a validation that failed", _outcome(status="failed"), "failed, and SDS does not say why",
            "the next run tries again", finished=1, finished_next=2),
    Failure("a validation that SDS has forgotten", meets(Status(404), "operation"),
            "SDS does not know the validation any more", stage=Stage.VALIDATING, finished=1),
    Failure("polls that fail for half an hour", meets(Status(500), "operation", ALWAYS),
            "Microsoft cannot answer the request for the result of the validation now: status 500",
            stage=Stage.VALIDATING, finished=1),
    Failure("a poll that has to wait for an hour", meets(throttled("3600"), "operation"),
            "cannot answer the request for the result of the validation now: status 429",
            "Microsoft asks to wait for 3600 s", stage=Stage.VALIDATING, finished=1),
    Failure("a poll that is refused", meets(Status(400), "operation"), "refuses the result of the validation",
            "quote the request-id", stage=Stage.VALIDATING, finished=1),
    Failure("redirect of a poll", _redirects("operation"), "Microsoft redirects the result of the validation",
            "update sdssync", stage=Stage.VALIDATING, finished=1),
    Failure("a service host that is not trusted",
            both(on_service_alone, switches(is_service_trusted=False)),
            "SDS keeps the result of the validation on localhost", 'trusted_hosts = ["localhost"]',
            stage=Stage.VALIDATING, finished=1,
            cure=both(lambda handing: handing.write(settings='trusted_hosts = ["localhost"]'),
                       switches(is_service_trusted=True))),
)  # fmt: skip


def _no_run(name: str, fault: Step, words: str, hint: str = _AGAIN) -> Failure:
    return Failure(name, both(profile(STARTING_A_RUN), fault), words, hint, event="upload.started_no_run",
                   outcome=UploadOutcome.UPLOADED, stage=Stage.STARTING, finished=1)  # fmt: skip


RUNS = (
    _no_run("a run that cannot be started", meets(Status(500), "start"), "answered with status 500"),
    _no_run("too many runs of others", meets(throttled("36000"), "start"),
            "Microsoft cannot answer the request for the start of a run now: status 429", "wait for 36000 s"),
    _no_run("redirect of a start", _redirects("start"), "redirects the start of a run", "update sdssync"),
)  # fmt: skip

_STEPS: tuple[tuple[str, str, Stage | None], ...] = (
    ("token", "Microsoft gives no token now: status", None),
    ("connectors", "Microsoft cannot answer the request for the list of connectors now: status", None),
    ("session", "Microsoft cannot answer the request for an upload session now: status", Stage.SENDING),
    ("create", _REFUSED, Stage.SENDING),
    ("flush", _REFUSED, Stage.SENDING),
)
"""Kinds of requests that may be repeated, with the words and the stage when all attempts fail."""
_DROPS = dict.fromkeys(("create", "append"), (Drop.UNREAD, Drop.BEFORE, Drop.AFTER))
"""The good answers to these have no body that could be halved."""


def _at_each_step() -> Iterator[Failure]:
    for kind, words, stage in _STEPS:
        row = Failure(kind, both(), words, stage=stage)
        for status in (500, 503):
            yield replace(row, name=f"{status} at {kind}", arrange=meets(Status(status), kind, 4),
                          words=f"{words} {status}")  # fmt: skip
        yield replace(row, name=f"HTML from a gateway at {kind}", arrange=meets(GATEWAY_TIMEOUT, kind, 4),
                      words=f"{words} 504")  # fmt: skip
        yield replace(row, name=f"throttled for long at {kind}", arrange=meets(throttled("600"), kind),
                      words=f"{words} 429")  # fmt: skip
    for kind, stage in ({kind: stage for kind, _, stage in _STEPS} | {"append": Stage.SENDING}).items():
        for drop in _DROPS.get(kind, Drop):
            yield Failure(f"{drop.name} at {kind}", meets(drop, kind, ALWAYS), "127.0.0.1", stage=stage)


EACH_STEP = tuple(_at_each_step())


def _damaged(handing: Handing) -> None:
    file = handing.folder / "state" / "profiles" / "School" / "1" / "users.csv"
    file.write_bytes(file.read_bytes().replace(b"@", b"#", 1))


def _undamaged(handing: Handing) -> None:
    file = handing.folder / "state" / "profiles" / "School" / "1" / "users.csv"
    file.write_bytes(handing.published["users.csv"])


def _published_in_v2(handing: Handing) -> None:
    """Publish a generation in the format of before, and then ask for the hand-over."""
    publish(handing.folder, SCHOOL.replace("v2.1", "v2"))
    handing.write()


def _published_in_v21(handing: Handing) -> None:
    publish(handing.folder)
    handing.write()


def _handed_over_six_times(handing: Handing) -> None:
    handing.microsoft.switches.outcome = Outcome(status="failed")
    for _ in range(6):
        handing.uploaded()
    handing.microsoft.switches.outcome = Outcome()


def _a_day_later(handing: Handing) -> None:
    """Let the record be older, for it is dated by the clock of the server."""
    record = UploadRecord(handing.folder / "state")
    dates = tuple(date - timedelta(hours=25) for date in record.now.validations)
    record.keep(replace(record.now, validations=dates))


GENERATIONS = (
    Failure("a damaged generation", _damaged, "users.csv is damaged", "the next run publishes the set anew",
            stage=Stage.SENDING, cure=_undamaged),
    Failure("a generation in the format v2", _published_in_v2, "generation 2 is in the format v2, and SDS takes v2.1",
            "the next set that is published", cure=_published_in_v21),
    Failure("six sets in a day", _handed_over_six_times, "SDS has been asked to validate 6 times within 24 hours",
            "the next run tries again", finished=6, finished_next=7, cure=_a_day_later),
)  # fmt: skip


def _certificate(data: Callable[[AppCertificate], bytes], login: str = BY_CERTIFICATE, days: int = 30) -> Step:
    """Write what `data` makes of a new certificate into the file that the settings name; the app knows it."""

    def arrange(handing: Handing) -> None:
        made = new_certificate(days=days)
        (handing.folder / "app.pem").write_bytes(data(made))
        handing.microsoft.app.certificate = made.certificate
        handing.write(login=login)

    return arrange


def _pem(made: AppCertificate) -> bytes:
    return made.pem()


def _encrypted(made: AppCertificate) -> bytes:
    return made.pem(PASSWORD)


def _pfx(made: AppCertificate) -> bytes:
    encryption = BestAvailableEncryption(PASSWORD.encode())
    return serialize_key_and_certificates(b"sdssync", made.key, made.certificate, None, encryption)


def _chain(made: AppCertificate) -> bytes:
    """Return the certificate of another key first, as some exports have it."""
    return new_certificate().certificate.public_bytes(Encoding.PEM) + made.pem()


def _elliptic(_: AppCertificate) -> bytes:
    """Return a key that Microsoft Entra takes no assertion of, with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + _self_signed(key)


def _self_signed(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sdssync")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=30))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def _unregistered(handing: Handing) -> None:
    _certificate(_pem)(handing)
    handing.microsoft.app.certificate = new_certificate().certificate


def _gone(handing: Handing) -> None:
    handing.write(login=BY_CERTIFICATE)


def _folder(handing: Handing) -> None:
    (handing.folder / "app.pem").mkdir()
    handing.write(login=BY_CERTIFICATE)


GOOD_CERTIFICATES = {
    "PEM": _certificate(_pem),
    "PEM with a password": _certificate(_encrypted, BY_ENCRYPTED_CERTIFICATE),
    "PFX with a password": _certificate(_pfx, BY_ENCRYPTED_CERTIFICATE),
    "PEM after another certificate": _certificate(_chain),
}
_UNUSABLE, _EXPECTED = "cannot be used", "expected a certificate and its private key"


def _unusable(name: str, arrange: Step, words: str = _UNUSABLE, hint: str = _EXPECTED) -> Failure:
    return Failure(name, arrange, words, hint, code=2, cure=_own_connector)


CERTIFICATES = (
    _unusable("no certificate", _gone, "does not exist", "a relative path counts from"),
    _unusable("a folder as a certificate", _folder, "is not a file"),
    _unusable("a file that holds no certificate", _certificate(lambda _: CANARY.encode())),
    _unusable("a damaged certificate", _certificate(lambda made: made.pem().replace(b"M", b"N"))),
    _unusable("a certificate without a key",
              _certificate(lambda made: made.certificate.public_bytes(Encoding.PEM))),
    _unusable("a key without its certificate",
              _certificate(lambda made: made.pem().split(b"-----BEGIN CERTIFICATE")[0])),
    _unusable("a key with the certificate of another",
              _certificate(lambda made: made.pem().split(b"-----BEGIN CERTIFICATE")[0]
                           + new_certificate().certificate.public_bytes(Encoding.PEM))),
    _unusable("a PEM with another password",
              _certificate(lambda made: made.pem(f"{CANARY}-other"), BY_ENCRYPTED_CERTIFICATE)),
    _unusable("a PEM without its password", _certificate(_encrypted)),
    _unusable("a PFX without its password", _certificate(_pfx)),
    _unusable("an elliptic key", _certificate(_elliptic), "is not an RSA key", "make a new certificate"),
    _unusable("an expired certificate", _certificate(_pem, days=-1), "expired on", "make a new one"),
    Failure("a certificate that is not registered", _unregistered,
            "the certificate is not one of the app registration, or has expired (AADSTS700027)",
            "upload the certificate", cure=_own_connector),
)  # fmt: skip

FAILURES = (
    *LOGIN, *CONSENT, *CONNECTORS, *SENDING, *VALIDATION, *RUNS, *EACH_STEP, *GENERATIONS, *CERTIFICATES,
)  # fmt: skip
