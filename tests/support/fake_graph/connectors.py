"""Connectors and flows: lists, upload sessions, and the start of a validation."""

import re
import uuid
from typing import Any

from werkzeug import Response

from tests.support.fake_graph.industry_data import Call, Route
from tests.support.fake_graph.records import Finished
from tests.support.fake_graph.server import json_answer
from tests.support.fake_graph.world import (
    GRAPH_PATH,
    LAKE,
    SERVICE_PATH,
    Connector,
    Flow,
    Location,
    Operation,
    SessionUrl,
    stamp,
)

_TYPES = "#microsoft.graph.industryData."
_READ = ("IndustryData-DataConnector.Read.All", "IndustryData-DataConnector.ReadWrite.All")
_UPLOAD = ("IndustryData-DataConnector.Upload", "IndustryData-DataConnector.ReadWrite.All")
_FLOWS = ("IndustryData-InboundFlow.Read.All", "IndustryData-InboundFlow.ReadWrite.All")


def page(call: Call, collection: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a page of a list, with the address of the next one: a client has to send it back unchanged."""
    query = call.request.query_string.decode()
    found = re.fullmatch(r"\$skiptoken=RFNwdAIA%2B(\d+)%3D", query)
    if query and not found:
        raise call.refused(400, "a list with parameters, or an @odata.nextLink that was changed")
    start = int(found[1]) if found else 0
    end = start + call.world.switches.page_size
    shown: dict[str, Any] = {"value": items[start:end]}
    if end < len(items):
        address = f"{call.world.addresses['graph']}{GRAPH_PATH}/{collection}"
        shown["@odata.nextLink"] = f"{address}?$skiptoken=RFNwdAIA%2B{end}%3D"
    return shown


def context(call: Call, entity: str) -> dict[str, str]:
    """Return the property with which most answers begin."""
    return {"@odata.context": f"{call.world.addresses['graph']}/beta/$metadata#{entity}"}


def _connector_json(connector: Connector) -> dict[str, Any]:
    shown: dict[str, Any] = {"@odata.type": _TYPES + connector.type, "id": connector.id}
    shown["displayName"] = connector.display_name
    if connector.type == LAKE:
        shown["fileFormat"] = {"code": connector.file_format}
    return shown


def _connectors(call: Call) -> Response:
    shown = page(call, "dataConnectors", [_connector_json(connector) for connector in call.world.connectors])
    return json_answer(context(call, "external/industryData/dataConnectors") | shown)


def _connector(call: Call) -> Connector:
    found = [connector for connector in call.world.connectors if connector.id == call.ids[0]]
    if not found:
        raise call.refused(404)
    return found[0]


def _one_connector(call: Call) -> Response:
    call.parameter("")
    return json_answer(
        context(call, "external/industryData/dataConnectors/$entity") | _connector_json(_connector(call))
    )


def _session(call: Call) -> Response:
    is_new = call.parameter("resetSession", "true", "false") == "true"
    connector = _connector(call)
    if connector.type != LAKE:
        raise call.refused(400, "an upload session of a connector that has none")
    session = call.world.open_session(connector, is_new=is_new)
    path = f"/{call.world.tenant}/{session.connector_id}/{session.container_id}"
    if call.world.switches.session_url is SessionUrl.HOST:
        path = "/"
    shown = {
        "containerExpirationDateTime": stamp(session.container_expires),
        "containerId": session.container_id,
        "sessionExpirationDateTime": stamp(session.expires),
        "sessionUrl": f"{call.world.addresses['storage']}{path}?{session.signature}",
    }
    return json_answer(context(call, "microsoft.graph.industryData.fileUploadSession") | shown)


def _validate(call: Call) -> Response:
    call.parameter("")
    return _validation(call, _connector(call))


def _validation(call: Call, connector: Connector) -> Response:
    """Close the session, keep what was flushed, and start an operation."""
    world, session = call.world, connector.session
    if session is None or session.is_validated:
        raise call.refused(400, "validate without an open upload session")
    if session.expires <= world.now():
        raise call.refused(400, text="The upload session has expired.")
    if any(draft.is_unfinished for draft in session.files.values()):
        world.records.violation(call.recorded, "validate before every file was flushed")
    files = {name: draft.visible for name, draft in session.files.items() if draft.visible is not None}
    session.is_validated = True
    session.files = {}
    world.records.finished.append(Finished(connector.id, files))
    switches = world.switches
    operation = Operation(
        str(uuid.uuid4()), connector, world.now(), tuple(files), switches.outcome, switches.polls_before_end
    )
    world.operations.append(operation)
    return Response("", 202, _validation_headers(call, operation))


def _validation_headers(call: Call, operation: Operation) -> dict[str, str]:
    world = call.world
    starts = {
        Location.GRAPH: world.addresses["graph"] + GRAPH_PATH,
        Location.RELATIVE: GRAPH_PATH,
        Location.SERVICE: world.addresses["service"] + SERVICE_PATH,
    }
    headers = {"Location": f"{starts[world.switches.location]}/operations/{operation.id}"}
    return headers | ({"Retry-After": world.switches.retry_after} if world.switches.retry_after else {})


def _flow_json(flow: Flow) -> dict[str, Any]:
    return {
        "@odata.type": f"{_TYPES}inboundFileFlow",
        "id": flow.id,
        "displayName": flow.display_name,
        "dataDomain": "educationRostering",
        "effectiveDateTime": flow.effective,
        "expirationDateTime": flow.expiration,
        "readinessStatus": flow.readiness,
    }


def _flows(call: Call) -> Response:
    shown = page(call, "inboundFlows", [_flow_json(flow) for flow in call.world.flows])
    return json_answer(context(call, "external/industryData/inboundFlows") | shown)


def _flow(call: Call) -> Flow:
    found = [flow for flow in call.world.flows if flow.id == call.ids[0]]
    if not found:
        raise call.refused(404)
    return found[0]


def _flow_connector(call: Call) -> Connector:
    identifier = _flow(call).connector_id
    return next(connector for connector in call.world.connectors if connector.id == identifier)


def _one_flow(call: Call) -> Response:
    is_expanded = call.parameter("$expand", "dataConnector") != ""
    shown = context(call, "external/industryData/inboundFlows/$entity") | _flow_json(_flow(call))
    return json_answer(shown | ({"dataConnector": _connector_json(_flow_connector(call))} if is_expanded else {}))


def _connector_of_flow(call: Call) -> Response:
    call.parameter("")
    return json_answer(
        context(call, "external/industryData/dataConnectors/$entity") | _connector_json(_flow_connector(call))
    )


def _validate_flow(call: Call) -> Response:
    call.parameter("")
    return _validation(call, _flow_connector(call))


_CAST = "/dataConnectors/*/microsoft.graph.industryData.azureDataLakeConnector"
ROUTES = (
    Route("connectors", "GET", "/dataConnectors", _READ, _connectors),
    Route("connector", "GET", "/dataConnectors/*", _READ, _one_connector),
    Route("session", "GET", f"{_CAST}/getUploadSession", _UPLOAD, _session),
    Route("session", "GET", f"{_CAST}/microsoft.graph.industryData.getUploadSession", _UPLOAD, _session),
    Route("validate", "POST", "/dataConnectors/*/validate", _UPLOAD, _validate),
    Route("flows", "GET", "/inboundFlows", _FLOWS, _flows),
    Route("flow", "GET", "/inboundFlows/*", _FLOWS, _one_flow),
    Route("connector", "GET", "/inboundFlows/*/dataConnector", _READ, _connector_of_flow),
    Route("validate", "POST", "/inboundFlows/*/dataConnector/validate", _UPLOAD, _validate_flow),
)
