"""A certificate for the app that uploads: invented, new in each run of the tests, and worth nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class AppCertificate:
    """A key, and the certificate that belongs to it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def pem(self, password: str = "") -> bytes:
        """Return key and certificate as text, the key encrypted if there is a password."""
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        return key + self.certificate.public_bytes(Encoding.PEM)


def new_certificate(name: str = "sdssync", days: int = 30) -> AppCertificate:
    """Make a key and a certificate for it that is valid for some days; a negative number makes an expired one."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = datetime.now(UTC) + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=365))
        .not_valid_after(end)
        .sign(key, SHA256())
    )
    return AppCertificate(key, certificate)
