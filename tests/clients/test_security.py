"""Who may not ask: only for servers that were started with TLS or tokens, so `all.sh secure` alone runs this file."""

import dataclasses
import ssl
import urllib.error
from http.client import HTTPSConnection

import numpy as np
import pytest
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import Ask
from tritonclient.utils import InferenceServerException


@pytest.fixture
def required(server):
    if not (server.ca and server.token):
        pytest.fail("this file needs --ca and --token")


def asking(server, protocol: str) -> Ask:
    client = server.http() if protocol == "http" else server.grpc()
    return Ask(protocol, client, httpclient if protocol == "http" else grpcclient)


@pytest.mark.usefixtures("required")
class TestSecurity:
    """Requests without the right token, or without TLS."""

    @pytest.mark.parametrize("token", ["", "wrong", "reader-toke", "reader-token2", "x" * 3000])
    @pytest.mark.parametrize("protocol", ["http", "grpc"])
    def test_wrong_token_is_refused(self, server, protocol, token):
        ask = asking(dataclasses.replace(server, token=token), protocol)
        with ask.client, pytest.raises(InferenceServerException) as refused:
            ask.infer("plus_one", [ask.input("INPUT0", np.ones(3, np.float32), "FP32")])
        assert refused.value.status() in ("401", "StatusCode.UNAUTHENTICATED")
        assert "token" in refused.value.message()

    @pytest.mark.parametrize("protocol", ["http", "grpc"])
    def test_reader_may_infer_but_not_load(self, server, protocol):
        ask = asking(server, protocol)
        with ask.client:
            ask.infer("plus_one", [ask.input("INPUT0", np.ones(3, np.float32), "FP32")])
            with pytest.raises(InferenceServerException) as refused:
                ask.client.load_model("plus_one")
        assert refused.value.status() in ("403", "StatusCode.PERMISSION_DENIED")

    @pytest.mark.parametrize(
        "call",
        [
            ("get_log_settings",),
            ("get_trace_settings",),
            ("update_log_settings", {"log_info": False}),
            ("update_trace_settings", "", {"trace_rate": "7"}),
        ],
    )
    @pytest.mark.parametrize("protocol", ["http", "grpc"])
    def test_reader_may_not_see_or_change_settings(self, server, protocol, call):
        ask = asking(server, protocol)
        method, *given = call
        with ask.client, pytest.raises(InferenceServerException) as refused:
            getattr(ask.client, method)(*given)
        assert refused.value.status() in ("403", "StatusCode.PERMISSION_DENIED")

    def test_plain_http_is_not_answered(self, server):
        other = dataclasses.replace(server, ca="")
        with pytest.raises(OSError) as refused:
            other.open(server.http_address, "/v2/health/ready")
        assert not isinstance(refused.value, urllib.error.HTTPError) or refused.value.code >= 400

    def test_certificate_is_checked(self, server):
        stranger = ssl.create_default_context()
        host, port = server.http_address.rsplit(":", 1)
        with pytest.raises(ssl.SSLError):
            HTTPSConnection(host, int(port), timeout=10, context=stranger).request("GET", "/v2/health/ready")
