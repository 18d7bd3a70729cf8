"""The command about notifications."""

import click

from sdssync.cli import streams
from sdssync.cli.options import Common, ResultFormat, common_options, config_path, format_option
from sdssync.errors import ConfigError, ExitCode


@click.command()
@common_options
@click.option("--test", is_flag=True, help="Send one notification in each way.")
@format_option
def notify(common: Common, result_format: ResultFormat, *, test: bool) -> ExitCode:
    """
    Try the notifications that [notify] in sdssync.toml asks for.

    Example: sdssync notify --test
    """
    from sdssync.jobs.notify import send_test
    from sdssync.report.notification import deliveries_json, deliveries_lines

    if not test:
        raise ConfigError(
            "expected --test, found nothing", "a run sends notifications by itself: sdssync notify --test"
        )
    deliveries = [(delivery.way, delivery.fault) for delivery in send_test(config_path(common))]
    code = ExitCode.INVALID if any(fault for _, fault in deliveries) else ExitCode.DONE
    if result_format is ResultFormat.JSON:
        streams.print_result(deliveries_json(code, deliveries))
    else:
        streams.print_lines(deliveries_lines(deliveries), color=common.log.color)
    return code
