"""Clients for the server under test, plain or over TLS with a bearer token."""

import ssl
import urllib.request
from dataclasses import dataclass

import tritonclient.grpc as grpcclient
import tritonclient.grpc.aio as grpcaio
import tritonclient.http as httpclient
import tritonclient.http.aio as httpaio
from tritonclient._plugin import InferenceServerClientPlugin


class Bearer(InferenceServerClientPlugin):
    """Adds the token to every request, over either protocol."""

    def __init__(self, token: str):
        super().__init__()
        self.token = token

    def __call__(self, request):
        request.headers["authorization"] = f"Bearer {self.token}"


@dataclass(frozen=True)
class Server:
    """Where the server listens; `ca` is the certificate to trust for TLS, `token` the bearer token, both may be empty."""

    http_address: str
    grpc_address: str
    metrics_address: str
    ca: str = ""
    token: str = ""

    def authorized(self, client):
        if self.token:
            client.register_plugin(Bearer(self.token))
        return client

    def http(self):
        secure = {"ssl": True, "ssl_options": {"ca_certs": self.ca}}
        client = httpclient.InferenceServerClient(self.http_address, concurrency=8, **(secure if self.ca else {}))
        return self.authorized(client)

    def grpc(self):
        secure = {"ssl": True, "root_certificates": self.ca}
        return self.authorized(grpcclient.InferenceServerClient(self.grpc_address, **(secure if self.ca else {})))

    def aio(self, protocol: str):
        """An asyncio client; call it inside the event loop."""
        if protocol == "grpc":
            secure = {"ssl": True, "root_certificates": self.ca}
            return self.authorized(grpcaio.InferenceServerClient(self.grpc_address, **(secure if self.ca else {})))
        secure = {"ssl": True, "ssl_context": ssl.create_default_context(cafile=self.ca)} if self.ca else {}
        return self.authorized(httpaio.InferenceServerClient(self.http_address, **secure))

    def open(self, address: str, path: str, data: bytes | None = None, headers: dict | None = None):
        """A request without Triton's clients."""
        context = ssl.create_default_context(cafile=self.ca) if self.ca else None
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{'https' if self.ca else 'http'}://{address}{path}"
        request = urllib.request.Request(url, data, (headers or {}) | authorization)
        return urllib.request.urlopen(request, timeout=10, context=context)
