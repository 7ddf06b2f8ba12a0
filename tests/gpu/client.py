"""A small client of the v2 protocol over HTTP with binary tensors: the standard library and nothing else."""
import http.client
import json
import struct

CODES = {
    "FP32": "f", "FP16": "e", "INT8": "b", "UINT8": "B", "BOOL": "?", "INT32": "i", "INT64": "q",
}


def packed(datatype, values):
    if datatype == "BF16":
        return b"".join(struct.pack("<f", value)[2:] for value in values)
    return struct.pack(f"<{len(values)}{CODES[datatype]}", *values)


def unpacked(datatype, data):
    if datatype == "BF16":
        return [struct.unpack("<f", b"\0\0" + data[i : i + 2])[0] for i in range(0, len(data), 2)]
    count = len(data) // struct.calcsize("<" + CODES[datatype])
    return list(struct.unpack(f"<{count}{CODES[datatype]}", data))


class Refused(Exception):
    """The server's error text."""


class Client:
    """One connection. An input is (name, datatype, shape, values); values repeat until the shape is full."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method, path, body=b"", headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise Refused(f"{answer.status} {data.decode(errors='replace')}")
        return answer, data

    def json(self, method, path, body=b""):
        data = self.call(method, path, body)[1]
        return json.loads(data) if data else {}

    def infer(self, model, *inputs):
        """The outputs by name, each (shape, values)."""
        described, tensors = [], []
        for name, datatype, shape, values in inputs:
            count = 1
            for size in shape:
                count *= size
            data = packed(datatype, [values[i % len(values)] for i in range(count)])
            tensors.append(data)
            described.append({
                "name": name, "datatype": datatype, "shape": shape,
                "parameters": {"binary_data_size": len(data)},
            })
        header = json.dumps({
            "inputs": described, "parameters": {"binary_data_output": True},
        }).encode()
        answer, data = self.call(
            "POST", f"/v2/models/{model}/infer", header + b"".join(tensors),
            {"Inference-Header-Content-Length": str(len(header))})
        length = int(answer.getheader("Inference-Header-Content-Length"))
        outputs, at = {}, length
        for output in json.loads(data[:length])["outputs"]:
            size = output["parameters"]["binary_data_size"]
            outputs[output["name"]] = (
                output["shape"], unpacked(output["datatype"], data[at : at + size]))
            at += size
        return outputs
