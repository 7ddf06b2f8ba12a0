"""Tensors in regions of clients' shared memory. The cases are one story for each server: what one registers, the next
ones use, and what a request writes to a region is seen by reading it as the next one's input.

The regions' files are made by `files()`, which compare.py keeps open around all cases."""

import contextlib
import fcntl
import json
import os
import pathlib
import struct

from exchange import Grpc, Http
from requests import Case, Differs
from requests_binary import binary
from requests_binary import infer as binary_infer
from requests_grpc import call, output, tensor
from requests_grpc import infer as grpc_infer
from requests_streams import ask, stream
from tritonclient.grpc import service_pb2 as pb

FOLDER = pathlib.Path("/dev/shm")
NAME = "espalier-compare"  # in recorded texts, so always the same
KEY = f"/{NAME}"
OTHER, THIRD, FOURTH = f"/{KEY}", f"//{KEY}", f"///{KEY}"  # the same file: Triton 2.51 takes a key only once
SIZE = 4096  # of a region and of a page; the file has twice as many
ROW = struct.pack("<16i", *range(16))
STRINGS = struct.pack("<I", 1) + b"a" + struct.pack("<I", 2) + b"bc"

# What lies where in the file.
INTEGERS, HALF_ROW, TEXTS, FREE, LATER = 0, 32, 64, 1024, 2048


@contextlib.contextmanager
def files():
    """The regions' files, one process at a time."""
    made = [FOLDER / name for name in (NAME, f"{NAME}-folder", f"{NAME}-link")]
    made[0].touch()
    with open(made[0], "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.truncate(2 * SIZE)
        os.pwrite(file.fileno(), ROW + STRINGS, 0)
        made[1].mkdir(exist_ok=True)
        if not made[2].is_symlink():
            made[2].symlink_to(made[0])
        try:
            yield
        finally:
            made[2].unlink()
            made[1].rmdir()
            made[0].unlink()


MAPPED = Differs("region-mapping", "200 $")
WRONG = Differs("region-mapping", "(400|INVALID_ARGUMENT) failed to register shared memory region 's': invalid args")
NO_CUDA = Differs("cuda-shared-memory", "(501|UNIMPLEMENTED) shared memory of GPUs is not supported")


def http(name: str, verb: str, path: str, body: object = None, differs: Differs | None = None) -> Case:
    text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return Case(f"regions {name}", Http(verb, f"/v2/{path}", text), differs)


def register(name: str, region: str, body: object, differs: Differs | None = None) -> Case:
    return http(f"register {name}", "POST", f"systemsharedmemory/region/{region}/register", body, differs)


def told(name: str, region: str = "") -> list[Case]:
    """The state of a region, or of all, over both protocols."""
    path = f"systemsharedmemory{region and f'/region/{region}'}/status"
    return [
        http(f"status {name}", "GET", path),
        call(f"regions status {name}", "SystemSharedMemoryStatus", pb.SystemSharedMemoryStatusRequest(name=region)),
    ]


def unregister(name: str, region: str = "") -> Case:
    return http(f"unregister {name}", "POST", f"systemsharedmemory{region and f'/region/{region}'}/unregister")


def grpc_register(title: str, differs: Differs | None = None, **fields) -> Case:
    request = pb.SystemSharedMemoryRegisterRequest(**fields)
    return call(f"regions register {title}", "SystemSharedMemoryRegister", request, differs)


def grpc_unregister(name: str, region: str = "") -> Case:
    return call(
        f"regions unregister {name}", "SystemSharedMemoryUnregister", pb.SystemSharedMemoryUnregisterRequest(name=region)
    )


def at(region: object = None, size: object = None, offset: object = None) -> dict:
    """Parameters of a tensor in JSON."""
    given = {"region": region, "byte_size": size, "offset": offset}
    return {f"shared_memory_{name}": value for name, value in given.items() if value is not None}


def kept(name: str, shape: list, datatype: str, *place, **more) -> dict:
    return {"name": name, "shape": shape, "datatype": datatype, "parameters": at(*place) | more}


def wanted(name: str, *place, **more) -> dict:
    return {"name": name, "parameters": at(*place) | more}


def infer(name: str, model: str, inputs: list, outputs: list | None = None, tail: bytes | None = None, **more) -> Case:
    """`tail` follows the JSON; without it there is no header length."""
    document = {"inputs": inputs} | ({"outputs": outputs} if outputs else {}) | more
    if tail is None:
        path = f"/v2/models/{model}/infer"
        return Case(f"regions infer {name}", Http("POST", path, json.dumps(document).encode()))
    return binary_infer(f"regions infer {name}", model, document, tail)


def typed(region: object = None, size: object = None, offset: object = None) -> dict:
    """The same parameters over gRPC: strings and integers where they are, other values as they are given."""
    kinds = {str: "string_param", int: "int64_param"}
    return {name: value if isinstance(value, tuple) else (kinds[type(value)], value) for name, value in at(region, size, offset).items()}


def grpc(title: str, model: str, inputs: list, outputs=(), raw=(), **more) -> Case:
    return grpc_infer(f"regions {title}", model, inputs, raw, outputs, **more)


def place(shape: list, datatype: str, *where, name="INPUT0", contents=None) -> object:
    return tensor(name, shape, datatype, contents, **typed(*where))


def goes(name: str, *where, **more) -> object:
    return output(name, **typed(*where), **more)


REGISTER = [
    *told("of none"),
    *told("of an unknown one", "nope"),
    register("one", "r", {"key": KEY, "offset": 0, "byte_size": SIZE}),
    register("it again", "r", {"key": KEY, "offset": 0, "byte_size": SIZE}),
    register("another of its key", "k", {"key": KEY, "byte_size": 64}, MAPPED),
    register("another of its file", "r2", {"key": THIRD, "offset": 0, "byte_size": 1024}),
    # Nothing is read from it: Triton 2.51 adds the offset a second time, and reads what lies behind its mapping.
    register("one at an offset", "r5", {"key": OTHER, "offset": SIZE, "byte_size": 1024}),
    *told("of one at an offset", "r5"),
    unregister("the one at an offset", "r5"),
    register("one at an offset within a page", "k2", {"key": OTHER, "offset": 1024, "byte_size": 64}, MAPPED),
    register("one without a slash", "r4", {"key": NAME, "byte_size": 64}),
    register("a file that is not there", "s", {"key": "/espalier-compare-none", "byte_size": 64}),
    register("a folder", "s", {"key": f"{KEY}-folder", "byte_size": 64}),
    register("a file in a folder", "s", {"key": f"{KEY}-folder/x", "byte_size": 64}),
    register("a link", "s", {"key": f"{KEY}-link", "byte_size": 64}),
    register("a way out", "s", {"key": "/../../etc/passwd", "byte_size": 64}),
    register("two dots", "s", {"key": "/..", "byte_size": 64}),
    register("a key that is empty", "s", {"key": "", "byte_size": 64}),
    register("more than there is", "s", {"key": OTHER, "offset": 0, "byte_size": 2 * SIZE + 1}),
    register("an offset behind the end", "s", {"key": OTHER, "offset": 2 * SIZE + 1, "byte_size": 1}),
    register("an offset at the end", "s", {"key": OTHER, "offset": 2 * SIZE, "byte_size": 1}),
    register("an offset whose sum with the size is too large", "s", {"key": OTHER, "offset": 2**63 - 1, "byte_size": 2}),
    register("an offset of 64 bits", "s", {"key": OTHER, "offset": 2**64 - 1, "byte_size": 2}, WRONG),
    register("no bytes", "s", {"key": OTHER, "byte_size": 0}, WRONG),
    register("nothing", "s", None),
    register("an empty object", "s", {}),
    register("no JSON", "s", b"{"),
    register("an array", "s", []),
    register("without a key", "s", {"byte_size": 64}),
    register("without a size", "s", {"key": OTHER}),
    register("a number as key", "s", {"key": 1, "byte_size": 64}),
    register("a string as size", "s", {"key": OTHER, "byte_size": "64"}),
    register("a negative size", "s", {"key": OTHER, "byte_size": -1}),
    register("a string as offset", "s", {"key": OTHER, "offset": "0", "byte_size": 64}),
    register("a negative offset", "s", {"key": OTHER, "offset": -1, "byte_size": 64}),
    http("register by get", "GET", "systemsharedmemory/region/s/register"),
    http("register without a name", "POST", "systemsharedmemory/register", {"key": KEY, "byte_size": 64}),
    http("status by post", "POST", "systemsharedmemory/status"),
    unregister("the one of its key", "k"),
    unregister("the one within a page", "k2"),
    *told("of one", "r"),
    *told("of several"),
    grpc_register("over grpc", name="g", key=OTHER, offset=0, byte_size=SIZE),
    grpc_register("over grpc again", name="g", key=OTHER, offset=0, byte_size=SIZE),
    grpc_register("over grpc a file that is not there", name="s", key="/espalier-compare-none", byte_size=64),
    grpc_register("over grpc more than there is", name="s", key=FOURTH, byte_size=2 * SIZE + 1),
    grpc_register("over grpc no bytes", name="s", key=FOURTH, differs=WRONG),
    grpc_register("over grpc an offset of 64 bits", name="s", key=FOURTH, offset=2**64 - 1, byte_size=2, differs=WRONG),
    grpc_register("over grpc without a name", key=FOURTH, byte_size=64),
    grpc_register("over grpc without a key", name="s", byte_size=64),
    unregister("one without a slash", "r4"),
    unregister("it again", "r4"),
    unregister("one that never was", "nope"),
    grpc_unregister("over grpc one", "g"),
    grpc_unregister("over grpc it again", "g"),
    *told("of one that is gone", "g"),
]

ONE = [16]
SUMS = [kept("INPUT0", [1, 16], "INT32", "r", 64), kept("INPUT1", [1, 16], "INT32", "r", 64)]
READS = [
    infer("from a region", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64)]),
    infer("from an offset", "identity_int32", [kept("INPUT0", [8], "INT32", "r", 32, HALF_ROW)]),
    infer("to binary", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64)], parameters={"binary_data_output": True}),
    infer("from both inputs' region", "simple", SUMS),
    infer("from a region and JSON", "simple", [SUMS[0], {"name": "INPUT1", "shape": [1, 16], "datatype": "INT32", "data": [1] * 16}]),
    infer("from a region and binary", "simple", [SUMS[0], binary("INPUT1")], tail=ROW),
    infer("from binary and a region", "simple", [binary(), SUMS[1]], tail=ROW),
    infer("from a region and too much binary", "simple", [SUMS[0], binary("INPUT1")], tail=ROW + b"x"),
    infer("of strings", "identity_bytes", [kept("INPUT0", [2], "BYTES", "r", len(STRINGS), TEXTS)]),
    infer("of too few strings", "identity_bytes", [kept("INPUT0", [3], "BYTES", "r", len(STRINGS), TEXTS)]),
    infer("of strings that are cut", "identity_bytes", [kept("INPUT0", [2], "BYTES", "r", len(STRINGS) - 1, TEXTS)]),
    infer("of nothing", "identity_int32", [kept("INPUT0", [0], "INT32", "r", 0)]),
    infer("of fewer bytes than the shape", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 60)]),
    infer("of more bytes than the shape", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 68)]),
    infer("without a size", "identity_int32", [kept("INPUT0", ONE, "INT32", "r")]),
    infer("behind the region", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, SIZE + 1)]),
    infer("at the region's end", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, SIZE)]),
    infer("across the region's end", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, SIZE - 63)]),
    infer("up to the region's end", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, SIZE - 64)]),
    infer("of a size beyond the region", "identity_int32", [kept("INPUT0", [2000], "INT32", "r", 8000)]),
    infer("of an offset of 64 bits", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, 2**64 - 1)]),
    infer("of an offset and a size whose sum is too large", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, 2**63 - 1)]),
    infer("of an unknown region", "identity_int32", [kept("INPUT0", ONE, "INT32", "nope", 64)]),
    infer("of a region that is gone", "identity_int32", [kept("INPUT0", ONE, "INT32", "r4", 64)]),
    infer("of an unknown region of an unknown model", "nope", [kept("INPUT0", ONE, "INT32", "nope", 64)]),
    infer("of a region without a name", "identity_int32", [kept("INPUT0", ONE, "INT32", "", 64)]),
    infer("of a number as region", "identity_int32", [kept("INPUT0", ONE, "INT32", 1, 64)]),
    infer("of a string as size", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", "64")]),
    infer("of a negative size", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", -1)]),
    infer("of a string as offset", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, "0")]),
    infer("of a negative offset", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64, -4)]),
    infer("of a size and no region", "identity_int32", [kept("INPUT0", ONE, "INT32", None, 64)]),
    infer("of data and a region", "identity_int32", [kept("INPUT0", ONE, "INT32", "r", 64) | {"data": [0] * 16}]),
    infer("of another type", "identity_int32", [kept("INPUT0", ONE, "FP32", "r", 64)]),
    infer("of a type that is none", "identity_int32", [kept("INPUT0", ONE, "INT33", "r", 64)]),
]  # fmt: skip

GIVEN = [kept("INPUT0", ONE, "INT32", "r", 64)]
HTTP_READ_BACK = [{"name": "INPUT0", "shape": ONE, "datatype": "INT32", "parameters": at("r", 64, FREE)}]


def back(name: str, offset: int, shape=(16,), model="identity_int32", datatype="INT32", size=64) -> Case:
    """What lies in the region now."""
    return infer(f"reads {name} back", model, [kept("INPUT0", list(shape), datatype, "r", size, offset)])


WRITES = [
    infer("to a region", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE)]),
    back("what was written", FREE),
    infer("to a region's begin", "identity_int32", GIVEN, [wanted("OUTPUT0", "r2", 64)]),
    infer("to an offset of 0", "identity_int32", GIVEN, [wanted("OUTPUT0", "r2", 64, 0)]),
    infer("to more room than it takes", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 128, LATER)]),
    back("what had more room", LATER),
    infer("of both outputs to a region", "simple", SUMS, [wanted("OUTPUT0", "r", 64, FREE), wanted("OUTPUT1", "r", 64, FREE + 64)]),
    back("the sum", FREE),
    back("the difference", FREE + 64),
    infer("to a region and to JSON", "simple", SUMS, [wanted("OUTPUT0", "r", 64, FREE), {"name": "OUTPUT1"}]),
    infer("to a region and to binary", "simple", SUMS, [wanted("OUTPUT0", "r", 64, FREE), wanted("OUTPUT1", binary_data=True)]),
    infer("to binary and to a region", "simple", SUMS, [wanted("OUTPUT0", binary_data=True), wanted("OUTPUT1", "r", 64, FREE)]),
    infer("to a region, said not to be binary", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE, binary_data=False)]),
    infer("to a region, with binary for the others", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE)], parameters={"binary_data_output": True}),
    infer("from JSON to a region", "identity_int32", [{"name": "INPUT0", "shape": [2], "datatype": "INT32", "data": [7, 8]}], [wanted("OUTPUT0", "r", 8, FREE)]),
    back("what stood in JSON", FREE, [2], size=8),
    infer("from binary to a region", "identity_int32", [binary(shape=[16])], [wanted("OUTPUT0", "r", 64, FREE)], ROW),
    infer("with an id to a region", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE)], id="x"),
    infer("of strings to a region", "identity_bytes", [kept("INPUT0", [2], "BYTES", "r", len(STRINGS), TEXTS)], [wanted("OUTPUT0", "r", 64, LATER)]),
    back("the strings", LATER, [2], "identity_bytes", "BYTES", len(STRINGS)),
    infer("of strings to too small a region", "identity_bytes", [kept("INPUT0", [2], "BYTES", "r", len(STRINGS), TEXTS)], [wanted("OUTPUT0", "r", 8, LATER)]),
    infer("of nothing to a region", "identity_int32", [kept("INPUT0", [0], "INT32", "r", 0)], [wanted("OUTPUT0", "r", 64, FREE)]),
    infer("of fp16 to a region", "identity_fp16", [kept("INPUT0", [2], "FP16", "r", 4)], [wanted("OUTPUT0", "r", 4, FREE)]),
    infer("to its own input", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64)]),
    infer("to too small a region", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 63, FREE)]),
    infer("of two to one that is too small", "simple", SUMS, [wanted("OUTPUT0", "r", 64, FREE), wanted("OUTPUT1", "r", 8, FREE)]),
    infer("to no room", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 0, FREE)]),
    infer("to a region without a size", "identity_int32", GIVEN, [wanted("OUTPUT0", "r")]),
    infer("to a place behind the region", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, SIZE + 1)]),
    infer("to a place across the region's end", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, SIZE - 63)]),
    infer("to an unknown region", "identity_int32", GIVEN, [wanted("OUTPUT0", "nope", 64)]),
    infer("to a number as region", "identity_int32", GIVEN, [wanted("OUTPUT0", 1, 64)]),
    infer("to a string as size", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", "64")]),
    infer("to a string as offset", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, "0")]),
    infer("to a negative offset", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, -1)]),
    infer("to a size and no region", "identity_int32", GIVEN, [wanted("OUTPUT0", None, 64)]),
    infer("to a region and to binary at once", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE, binary_data=True)]),
    infer("of classes to a region", "identity_int32", GIVEN, [wanted("OUTPUT0", "r", 64, FREE, classification=2)]),
    infer("of an unknown output to a region", "identity_int32", GIVEN, [wanted("OUTPUT9", "r", 64, FREE)]),
]  # fmt: skip

HELD = [place(ONE, "INT32", "r", 64)]
PAIR = [place([1, 16], "INT32", "r", 64), place([1, 16], "INT32", "r", 64, name="INPUT1")]
GRPC = [
    grpc("from a region", "identity_int32", HELD),
    grpc("from an offset", "identity_int32", [place([8], "INT32", "r", 32, HALF_ROW)]),
    grpc("from both inputs' region", "simple", PAIR),
    grpc("from a region and raw", "simple", [PAIR[0], tensor("INPUT1")], raw=[ROW]),
    grpc("from raw and a region", "simple", [tensor(), PAIR[1]], raw=[ROW]),
    grpc("from a region and contents", "simple", [PAIR[0], tensor("INPUT1", contents={"int_contents": [1] * 16})]),
    grpc("from a region and one raw too many", "simple", PAIR, raw=[ROW]),
    grpc("from a region and one raw too few", "simple", [tensor(), place([1, 16], "INT32", "r", 64, name="INPUT1")]),
    grpc("of strings", "identity_bytes", [place([2], "BYTES", "r", len(STRINGS), TEXTS)]),
    grpc("of contents in a region", "identity_int32", [place(ONE, "INT32", "r", 64, contents={"int_contents": [1] * 16})]),
    grpc("of fewer bytes than the shape", "identity_int32", [place(ONE, "INT32", "r", 60)]),
    grpc("without a size", "identity_int32", [place(ONE, "INT32", "r")]),
    grpc("of a size and no region", "identity_int32", [place(ONE, "INT32", None, 64)], raw=[ROW]),
    grpc("of an offset and no region", "identity_int32", [place(ONE, "INT32", None, None, 0)], raw=[ROW]),
    grpc("of an unknown region", "identity_int32", [place(ONE, "INT32", "nope", 64)]),
    grpc("of an unknown region of an unknown model", "nope", [place(ONE, "INT32", "nope", 64)]),
    grpc("of a number as region", "identity_int32", [place(ONE, "INT32", 1, 64)]),
    grpc("of a string as size", "identity_int32", [place(ONE, "INT32", "r", "64")]),
    grpc("of a string as offset", "identity_int32", [place(ONE, "INT32", "r", 64, "0")]),
    grpc("of a negative offset", "identity_int32", [place(ONE, "INT32", "r", 64, -4)]),
    grpc("of a negative size", "identity_int32", [place(ONE, "INT32", "r", -4)]),
    grpc("behind the region", "identity_int32", [place(ONE, "INT32", "r", 64, SIZE + 1)]),
    grpc("across the region's end", "identity_int32", [place(ONE, "INT32", "r", 64, SIZE - 63)]),
    grpc("to a region", "identity_int32", HELD, [goes("OUTPUT0", "r", 64, FREE)]),
    grpc("to a region's begin", "identity_int32", HELD, [goes("OUTPUT0", "r2", 64)]),
    grpc("to an offset of 0", "identity_int32", HELD, [goes("OUTPUT0", "r2", 64, 0)]),
    grpc("to more room than it takes", "identity_int32", HELD, [goes("OUTPUT0", "r", 128, FREE)]),
    grpc("of one output to a region", "simple", PAIR, [goes("OUTPUT0", "r", 64, FREE), output("OUTPUT1")]),
    grpc("of the other output to a region", "simple", PAIR, [output("OUTPUT0"), goes("OUTPUT1", "r", 64, FREE)]),
    back("what came over grpc", FREE),
    grpc("from raw to a region", "identity_int32", [tensor(shape=[2])], [goes("OUTPUT0", "r", 8, FREE)], [struct.pack("<2i", 5, 6)]),
    back("what was raw", FREE, [2], size=8),
    grpc("of strings to a region", "identity_bytes", [place([2], "BYTES", "r", len(STRINGS), TEXTS)], [goes("OUTPUT0", "r", 64, LATER)]),
    grpc("of nothing to a region", "identity_int32", [place([0], "INT32", "r", 0)], [goes("OUTPUT0", "r", 64, FREE)]),
    grpc("to too small a region", "identity_int32", HELD, [goes("OUTPUT0", "r", 63, FREE)]),
    grpc("to a region without a size", "identity_int32", HELD, [goes("OUTPUT0", "r")]),
    grpc("to an unknown region", "identity_int32", HELD, [goes("OUTPUT0", "nope", 64)]),
    grpc("to a number as region", "identity_int32", HELD, [goes("OUTPUT0", 1, 64)]),
    grpc("to a place across the region's end", "identity_int32", HELD, [goes("OUTPUT0", "r", 64, SIZE - 63)]),
    grpc("to a size and no region", "identity_int32", HELD, [goes("OUTPUT0", None, 64)]),
    grpc("of classes to a region", "identity_int32", HELD, [goes("OUTPUT0", "r", 64, FREE, classification=("int64_param", 2))]),
    stream("regions in and out", *(ask("identity_int32", HELD, id=id, outputs=[goes("OUTPUT0", "r", 64, FREE)]) for id in "ab")),
    stream("regions unknown and known", ask("identity_int32", [place(ONE, "INT32", "nope", 64)]), ask("identity_int32", HELD, id="b")),
    stream("regions too small", ask("identity_int32", HELD, outputs=[goes("OUTPUT0", "r", 8, FREE)], id="a"), ask("identity_int32", HELD, id="b")),
    stream("regions of many answers", ask("decoupled_int32", [place([3], "INT32", "r", 12, 4)], id="a", outputs=[goes("OUTPUT0", "r", 64, FREE)])),
]  # fmt: skip

END = [
    unregister("all"),
    *told("after all are gone"),
    grpc_unregister("all over grpc"),
    infer("after all are gone", "identity_int32", GIVEN),
]

CUDA = [
    http("cuda status", "GET", "cudasharedmemory/status"),
    http("cuda status of one", "GET", "cudasharedmemory/region/c/status"),
    http("cuda register", "POST", "cudasharedmemory/region/c/register", {"raw_handle": {"b64": "AAAA"}, "device_id": 0, "byte_size": 64}, NO_CUDA),
    http("cuda unregister", "POST", "cudasharedmemory/region/c/unregister"),
    http("cuda unregister all", "POST", "cudasharedmemory/unregister"),
    call("regions cuda status", "CudaSharedMemoryStatus", pb.CudaSharedMemoryStatusRequest()),
    call("regions cuda status of one", "CudaSharedMemoryStatus", pb.CudaSharedMemoryStatusRequest(name="c")),
    call("regions cuda register", "CudaSharedMemoryRegister", pb.CudaSharedMemoryRegisterRequest(name="c", raw_handle=b"x", byte_size=64), NO_CUDA),
    call("regions cuda unregister", "CudaSharedMemoryUnregister", pb.CudaSharedMemoryUnregisterRequest(name="c")),
    call("regions cuda unregister all", "CudaSharedMemoryUnregister", pb.CudaSharedMemoryUnregisterRequest()),
]  # fmt: skip

CASES = REGISTER + READS + WRITES + GRPC + END + CUDA
