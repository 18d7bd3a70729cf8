"""What iSAMS is shown: an API key, or the id and the secret of an OAuth 2 client."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdssync.config.api_key import ApiKey, read_api_key
from sdssync.config.secret import Secret, SecretPlace, read_secret
from sdssync.config.settings import RemoteSource


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth 2 client."""

    id: str = field(repr=False)
    secret: Secret


Credentials = ApiKey | Client


def read_credentials(source: RemoteSource, environ: Mapping[str, str]) -> Credentials:
    """
    Return the key, or the client with its secret.

    Raises:
        ConfigError: it does not exist, cannot be read, or the text cannot be one.

    """
    if source.client_id is None:
        return read_api_key(source, environ)
    place = SecretPlace(
        what="the client secret",
        key="isams.client_secret_file" if source.client_secret_file else "isams.client_secret_env",
        file=source.client_secret_file,
        variable=source.client_secret_env,
    )
    return Client(source.client_id, Secret(read_secret(place, environ)))
