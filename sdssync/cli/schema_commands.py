"""The command that prints the JSON Schemas of the two kinds of TOML file."""

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, common_options, config_path
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument("which", metavar="[settings|profile]", required=False, type=click.Choice(["settings", "profile"]))
@click.option("--write", is_flag=True, help="Write both into the folder `schema` next to sdssync.toml, for an editor.")
def schema(common: Common, which: str | None, *, write: bool) -> ExitCode:
    """
    Print the JSON Schema of sdssync.toml or of a profile; without an argument: both, as one document.

    Example: sdssync schema profile
    """
    from sdssync.setup.schemas import Schema, both_schemas_text, schema_text, write_schemas

    if write:
        streams.print_result(f"created {write_schemas(config_path(common).parent)}\n")
    else:
        streams.print_result(schema_text(Schema(which)) if which else both_schemas_text())
    return ExitCode.DONE
