"""Settings that change while the server runs: what is logged, which requests are traced. Sent in this order: each change
is seen by the requests after it, and the last ones undo what is left."""

import json

from exchange import Http
from requests import Case, Differs
from requests_grpc import call
from tritonclient.grpc import service_pb2 as pb

LOG = "/v2/logging"
TRACE = "/v2/trace/setting"
SIMPLE = "/v2/models/simple/trace/setting"

LEVEL = Differs("trace-level", r"(400|INVALID_ARGUMENT) unknown trace level '\w+' \(expected: OFF or TIMESTAMPS\)")
TENSORS = Differs("trace-tensors", r"(501|UNIMPLEMENTED) trace level TENSORS is not available")
RANGE = Differs("integer-range", r"400 Unable to parse '\w+', value is out of range \[ 0, 4294967295 \], got: -1$")
BLANK = Differs("trace-count", r"400 Unable to parse 'trace_count'. Expecting value >= -1, got: -2$")


def get(name: str, path: str) -> Case:
    return Case(f"settings get {name}", Http("GET", path))


def post(name: str, path: str, body: object, differs: Differs | None = None) -> Case:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Case(f"settings post {name}", Http("POST", path, data), differs)


def changed(name: str, path: str, body: object) -> list[Case]:
    """A change, and what holds afterwards."""
    return [post(name, path, body), get(f"after {name}", path)]


def log(name: str, differs: Differs | None = None, **settings) -> Case:
    request = pb.LogSettingsRequest()
    for setting, (kind, value) in settings.items():
        setattr(request.settings[setting], kind, value)
    return call(f"settings log {name}", "LogSettings", request, differs)


def trace(name: str, model: str = "", differs: Differs | None = None, **settings) -> Case:
    request = pb.TraceSettingRequest(model_name=model)
    for setting, values in settings.items():
        request.settings[setting].value.extend(values)
    return call(f"settings trace {name}", "TraceSetting", request, differs)


LOGGING = [
    get("log", LOG),
    Case("settings put log", Http("PUT", LOG, b"{}")),
    Case("settings head log", Http("HEAD", LOG)),
    get("log with a slash", f"{LOG}/"),
    *changed("log nothing", LOG, {}),
    *changed("log warnings off", LOG, {"log_warning": False}),
    *changed("log warnings null", LOG, {"log_warning": None}),
    *changed("log info off, warnings on", LOG, {"log_info": False, "log_warning": True}),
    *changed("log errors off", LOG, {"log_error": False}),
    *changed("log all on", LOG, {"log_info": True, "log_warning": True, "log_error": True}),
    *changed("log verbose 1", LOG, {"log_verbose_level": 1}),
    *changed("log verbose 4", LOG, {"log_verbose_level": 4}),
    *changed("log verbose 0", LOG, {"log_verbose_level": 0}),
    post("log verbose -1", LOG, {"log_verbose_level": -1}),
    post("log verbose 1.5", LOG, {"log_verbose_level": 1.5}),
    post("log verbose a string", LOG, {"log_verbose_level": "1"}),
    post("log verbose true", LOG, {"log_verbose_level": True}),
    *changed("log format ISO8601", LOG, {"log_format": "ISO8601"}),
    *changed("log format default", LOG, {"log_format": "default"}),
    post("log format xml", LOG, {"log_format": "xml"}),
    post("log format iso8601", LOG, {"log_format": "iso8601"}),
    post("log format empty", LOG, {"log_format": ""}),
    post("log format a number", LOG, {"log_format": 1}),
    post("log info a string", LOG, {"log_info": "true"}),
    post("log info a number", LOG, {"log_info": 1}),
    post("log warning a list", LOG, {"log_warning": []}),
    post("log error a string", LOG, {"log_error": "x"}),
    post("log file", LOG, {"log_file": "/tmp/never-written"}),
    post("log file empty", LOG, {"log_file": ""}),
    post("log file null", LOG, {"log_file": None}),
    post("log file a number", LOG, {"log_file": 1}),
    post("log unknown", LOG, {"log_colour": True}),
    post("log twice, the first counts", LOG, b'{"log_info":true,"log_info":false}'),
    post("log no JSON", LOG, b"{log_info"),
    post("log no body", LOG, b""),
    post("log an array", LOG, []),
    post("log a string", LOG, "x"),
    post("log two values", LOG, b"{} {}"),
    get("log at the end", LOG),
    log("nothing"),
    log("info off", log_info=("bool_param", False)),
    log("after info off"),
    log("info on", log_info=("bool_param", True)),
    log("warnings off, errors off", log_warning=("bool_param", False), log_error=("bool_param", False)),
    log("warnings on, errors on", log_warning=("bool_param", True), log_error=("bool_param", True)),
    log("verbose 2", log_verbose_level=("uint32_param", 2)),
    log("verbose 0", log_verbose_level=("uint32_param", 0)),
    log("verbose a string", log_verbose_level=("string_param", "1")),
    log("verbose true", log_verbose_level=("bool_param", True)),
    log("format ISO8601", log_format=("string_param", "ISO8601")),
    log("format default", log_format=("string_param", "default")),
    log("format xml", log_format=("string_param", "xml")),
    log("format true", log_format=("bool_param", True)),
    log("info a number", log_info=("uint32_param", 1)),
    log("info a string", log_info=("string_param", "true")),
    log("warning a number", log_warning=("uint32_param", 1)),
    log("error a number", log_error=("uint32_param", 1)),
    log("file", log_file=("string_param", "/tmp/never-written")),
    log("file empty", log_file=("string_param", "")),
    log("unknown", log_colour=("bool_param", True)),
    log("at the end"),
    call("settings log bytes that are none", "LogSettings", b"\xff\xff"),
]

TRACING = [
    get("trace", TRACE),
    get("trace of a model", SIMPLE),
    get("trace of a model of two versions", "/v2/models/many/trace/setting"),
    get("trace of an unknown model", "/v2/models/nope/trace/setting"),
    get("trace of a broken model", "/v2/models/broken/trace/setting"),
    get("trace of a version", "/v2/models/simple/versions/1/trace/setting"),
    get("trace of nothing", "/v2/trace"),
    Case("settings put trace", Http("PUT", TRACE, b"{}")),
    post("trace of an unknown model", "/v2/models/nope/trace/setting", {"trace_rate": "1"}),
    *changed("trace nothing", TRACE, {}),
    *changed("trace rate 7", TRACE, {"trace_rate": "7"}),
    *changed("trace rate null", TRACE, {"trace_rate": None}),
    *changed("trace count 5", TRACE, {"trace_count": "5"}),
    get("trace of a model with all's count", SIMPLE),
    *changed("trace count null", TRACE, {"trace_count": None}),
    *changed("trace log frequency 3", TRACE, {"log_frequency": "3"}),
    *changed("trace log frequency null", TRACE, {"log_frequency": None}),
    *changed("trace level off", TRACE, {"trace_level": ["OFF"]}),
    *changed("trace level null", TRACE, {"trace_level": None}),
    post("trace level without a file", TRACE, {"trace_level": ["TIMESTAMPS"]}),
    post("trace level of a model without a file", SIMPLE, {"trace_level": ["TIMESTAMPS"]}),
    post("trace level and rate 0", TRACE, {"trace_level": ["TIMESTAMPS"], "trace_rate": "0"}),
    post("trace level off and timestamps", TRACE, {"trace_level": ["OFF", "TIMESTAMPS"]}),
    post("trace level timestamps and off", TRACE, {"trace_level": ["TIMESTAMPS", "OFF"]}),
    post("trace level twice off", TRACE, {"trace_level": ["OFF", "OFF"]}),
    post("trace level unknown", TRACE, {"trace_level": ["LOUD"]}, LEVEL),
    post("trace level unknown and off", TRACE, {"trace_level": ["LOUD", "OFF"]}),
    post("trace level small", TRACE, {"trace_level": ["off"]}, LEVEL),
    post("trace level empty", TRACE, {"trace_level": []}),
    post("trace level min", TRACE, {"trace_level": ["MIN"]}, LEVEL),
    post("trace level a string", TRACE, {"trace_level": "OFF"}),
    post("trace level of numbers", TRACE, {"trace_level": [1]}),
    post("trace level tensors", TRACE, {"trace_level": ["TENSORS"]}, TENSORS),
    post("trace rate a number", TRACE, {"trace_rate": 7}),
    post("trace rate a word", TRACE, {"trace_rate": "often"}),
    post("trace rate empty", TRACE, {"trace_rate": ""}),
    post("trace rate with a unit", TRACE, {"trace_rate": "7 times"}),
    post("trace rate with blanks", TRACE, {"trace_rate": "  7"}),
    post("trace rate 0", TRACE, {"trace_rate": "0"}),
    post("trace rate -1", TRACE, {"trace_rate": "-1"}, RANGE),
    post("trace rate of 12 digits", TRACE, {"trace_rate": "100000000000"}),
    post("trace rate of a list", TRACE, {"trace_rate": ["7"]}),
    post("trace rate null again", TRACE, {"trace_rate": None}),
    post("trace count -1", TRACE, {"trace_count": "-1"}),
    post("trace count -2", TRACE, {"trace_count": "-2"}, BLANK),
    post("trace count a word", TRACE, {"trace_count": "all"}),
    post("trace count a number", TRACE, {"trace_count": 1}),
    post("trace count of 12 digits", TRACE, {"trace_count": "100000000000"}),
    post("trace count null again", TRACE, {"trace_count": None}),
    post("trace log frequency a word", TRACE, {"log_frequency": "often"}),
    post("trace log frequency -1", TRACE, {"log_frequency": "-1"}, RANGE),
    post("trace log frequency of 12 digits", TRACE, {"log_frequency": "100000000000"}),
    post("trace log frequency null again", TRACE, {"log_frequency": None}),
    post("trace file", TRACE, {"trace_file": "/tmp/never-written"}),
    post("trace file null", TRACE, {"trace_file": None}),
    post("trace file of a model", SIMPLE, {"trace_file": "/tmp/never-written"}),
    post("trace mode", TRACE, {"trace_mode": "opentelemetry"}),
    post("trace unknown", TRACE, {"trace_colour": "blue"}),
    post("trace no JSON", TRACE, b"{trace"),
    post("trace no body", TRACE, b""),
    post("trace an array", TRACE, []),
    *changed("trace rate of a model", SIMPLE, {"trace_rate": "9"}),
    get("trace after a model's rate", TRACE),
    post("trace rate of all beside a model's", TRACE, {"trace_rate": "11", "trace_count": "6"}),
    get("trace of a model beside all's", SIMPLE),
    get("trace of another model", "/v2/models/plus_one/trace/setting"),
    *changed("trace rate of a model null", SIMPLE, {"trace_rate": None}),
    *changed("trace rate and count null", TRACE, {"trace_rate": None, "trace_count": None}),
    trace("nothing"),
    trace("of a model", "simple"),
    trace("of an unknown model", "nope"),
    trace("of a broken model", "broken"),
    trace("rate 7", trace_rate=["7"]),
    trace("after rate 7"),
    trace("rate cleared", trace_rate=[]),
    trace("rate twice", trace_rate=["7", "8"]),
    trace("rate a word", trace_rate=["often"]),
    trace("rate empty", trace_rate=[""]),
    trace("rate of 12 digits", trace_rate=["100000000000"]),
    trace("count 3", trace_count=["3"]),
    trace("count cleared", trace_count=[]),
    trace("count -2", trace_count=["-2"]),
    trace("count twice", trace_count=["3", "4"]),
    trace("count a word", trace_count=["all"]),
    trace("log frequency 2", log_frequency=["2"]),
    trace("log frequency cleared", log_frequency=[]),
    trace("log frequency twice", log_frequency=["2", "3"]),
    trace("log frequency a word", log_frequency=["often"]),
    trace("level off", trace_level=["OFF"]),
    trace("level cleared", trace_level=[]),
    trace("level without a file", trace_level=["TIMESTAMPS"]),
    trace("level off and timestamps", trace_level=["OFF", "TIMESTAMPS"]),
    trace("level unknown", differs=LEVEL, trace_level=["LOUD"]),
    trace("level tensors", differs=TENSORS, trace_level=["TENSORS"]),
    trace("file", trace_file=["/tmp/never-written"]),
    trace("file cleared", trace_file=[]),
    trace("unknown", trace_colour=["blue"]),
    trace("rate of a model", "simple", trace_rate=["9"]),
    trace("of a model with a rate", "simple"),
    trace("rate of a model cleared", "simple", trace_rate=[]),
    trace("at the end"),
    call("settings trace bytes that are none", "TraceSetting", b"\xff\xff"),
]  # fmt: skip

CASES = LOGGING + TRACING
