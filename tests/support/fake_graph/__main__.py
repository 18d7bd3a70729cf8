"""Serve the fake by hand: `python -m tests.support.fake_graph`, until Ctrl+C."""

import sys
import time

from tests.support.fake_graph.microsoft import FakeMicrosoft

_VARIABLE = "SDSSYNC_UPLOAD_SECRET"


def settings(microsoft: FakeMicrosoft) -> str:
    """Return the table of `sdssync.toml` that leads to the fake, and where its secret is."""
    return "\n".join(
        (
            "# In sdssync.toml:",
            "[upload]",
            f'tenant = "{microsoft.tenant}"',
            f'client_id = "{microsoft.app.client_id}"',
            f'secret_env = "{_VARIABLE}"',
            f'login_url = "{microsoft.login_url}"',
            f'graph_url = "{microsoft.graph_url}"',
            "",
            f'# In the profile: connector = "{microsoft.connector.display_name}"',
            f"# In the environment: {_VARIABLE}='{microsoft.app.secret}'",
            f"# Storage: {microsoft.storage_url}    Service of SDS: {microsoft.service_url}",
            "",
        )
    )


def main() -> None:
    """Serve, and print each request and each violation."""
    with FakeMicrosoft() as microsoft:
        sys.stdout.write(settings(microsoft))
        shown = {"requests": 0, "violations": 0}
        try:
            while True:
                sys.stdout.flush()
                time.sleep(0.2)
                _print_news(microsoft, shown)
        except KeyboardInterrupt:
            _print_news(microsoft, shown)


def _print_news(microsoft: FakeMicrosoft, shown: dict[str, int]) -> None:
    lines = {
        "requests": [recorded.line for recorded in microsoft.requests],
        "violations": [f"VIOLATION {violation}" for violation in microsoft.violations],
    }
    for kind, texts in lines.items():
        for text in texts[shown[kind] :]:
            sys.stdout.write(f"{text}\n")
        shown[kind] = len(texts)


if __name__ == "__main__":
    main()
