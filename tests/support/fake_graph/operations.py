"""Operations: a validation that takes one step with each poll, and how it ends."""

from typing import Any

from werkzeug import Response

from tests.support.fake_graph.connectors import context, page
from tests.support.fake_graph.industry_data import Call, Route
from tests.support.fake_graph.server import json_answer
from tests.support.fake_graph.world import V1, Operation, PublicError, stamp

_READ = ("IndustryData.ReadBasic.All",)
_REQUIRED_V1 = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
_REQUIRED_V2, _OPTIONAL_V2 = ("orgs.csv", "users.csv", "roles.csv"), ("classes.csv", "enrollments.csv")


def public_error(error: PublicError) -> dict[str, Any]:
    """Return an error or a warning as Graph writes it."""
    shown: dict[str, Any] = {"code": error.code, "message": error.message, "target": error.target}
    return shown | {"details": [], "innerError": None}


def operation_json(operation: Operation, now: float) -> dict[str, Any]:
    """Return an operation as it is after its polls so far."""
    outcome = operation.outcome
    is_over = operation.polls > operation.polls_before_end and not outcome.never_ends
    errors = [*_missing_errors(operation), *outcome.errors] if is_over else []
    warnings = [*_missing_warnings(operation), *outcome.warnings] if is_over else []
    came = outcome.validated_files
    if came is None:
        came = () if errors else operation.files
    connector = f"https://graph.microsoft.com/beta/industryData/dataConnectors/{operation.connector.id}"
    return {
        "@odata.type": "#microsoft.graph.industryData.fileValidateOperation",
        "id": operation.id,
        "createdDateTime": stamp(operation.created),
        "lastActionDateTime": stamp(now),
        "resourceLocation": connector,
        "status": outcome.status if is_over else "running" if operation.polls > 1 else "notStarted",
        "statusDetail": outcome.status_detail if is_over else None,
        "validatedFiles": list(came) if is_over else [],
        "errors": [public_error(error) for error in errors],
        "warnings": [public_error(warning) for warning in warnings],
    }


def poll(operation: Operation, now: float) -> dict[str, Any]:
    """Take one step, and return the operation as it then is."""
    operation.polls += 1
    return operation_json(operation, now)


def _missing_errors(operation: Operation) -> list[PublicError]:
    required = _REQUIRED_V1 if operation.connector.file_format == V1 else _REQUIRED_V2
    text = "When trying to validate required file {} encountered RequiredFileNotFound error."
    return [
        PublicError("RequiredFileNotFound", text.format(name), name) for name in required if name not in operation.files
    ]


def _missing_warnings(operation: Operation) -> list[PublicError]:
    optional = () if operation.connector.file_format == V1 else _OPTIONAL_V2
    text = "When trying to validate file {} encountered OptionalFileNotFound error."
    return [
        PublicError("OptionalFileNotFound", text.format(name), name) for name in optional if name not in operation.files
    ]


def _operation(call: Call) -> Response:
    call.parameter("")
    found = [operation for operation in call.world.operations if operation.id == call.ids[0]]
    if not found or not call.world.switches.has_operations_on_graph:
        raise call.refused(404)
    return json_answer(poll(found[0], call.world.now()))


def _operations(call: Call) -> Response:
    if not call.world.switches.has_operations_on_graph:
        return json_answer(context(call, "external/industryData/operations") | page(call, "operations", []))
    now = call.world.now()
    shown = page(call, "operations", [operation_json(operation, now) for operation in call.world.operations])
    return json_answer(context(call, "external/industryData/operations") | shown)


ROUTES = (
    Route("operations", "GET", "/operations", _READ, _operations),
    Route("operation", "GET", "/operations/*", _READ, _operation),
)
