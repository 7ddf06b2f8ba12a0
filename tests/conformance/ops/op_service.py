"""A client of `espalier.OpLibraryService` without generated code: the messages of `op_service.proto` as a table."""

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

# Message → its fields in the order of their numbers. A type is a message, or ends as its scalar type; * is repeated.
MESSAGES = {
    "OpLibrariesRequest": ["model string"],
    "OpLibrariesResponse": ["libraries OpLibrary*", "refused OpLibraryRefusal*"],
    "Model": ["name string", "version string"],
    "Worker": ["name string", "pid int64", "deaths int64"],
    "Shadow": ["op string", "library string", "place string"],
    "OpLibraryRefusal": ["name string", "place string", "reason string"],
    "OpLibrary": [
        "name string",
        "sha256 string",
        "engine string",
        "ops string*",
        "places string*",
        "models Model*",
        "workers Worker*",
        "shadows Shadow*",
        "load_us int64",
    ],
}
Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {"string": Field.TYPE_STRING, "int64": Field.TYPE_INT64}


def message(name: str):
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"espalier.{name}"))


def described() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="op_service.proto", package="espalier", syntax="proto3")
    for name, fields in MESSAGES.items():
        of = file.message_type.add(name=name)
        for number, text in enumerate(fields, start=1):
            field, kind = text.split()
            added = of.field.add(name=field, number=number)
            added.label = Field.LABEL_REPEATED if kind.endswith("*") else Field.LABEL_OPTIONAL
            kind = kind.rstrip("*")
            if kind in SCALARS:
                added.type = SCALARS[kind]
            else:
                added.type, added.type_name = Field.TYPE_MESSAGE, f".espalier.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


POOL = described()


def op_libraries(port: int, model: str = "") -> dict:
    """What the service says, in the form of the JSON route; raises `grpc.RpcError`."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(
            "/espalier.OpLibraryService/OpLibraries",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=message("OpLibrariesResponse").FromString,
        )
        answer = call(message("OpLibrariesRequest")(model=model), timeout=30)
    return json_format.MessageToDict(
        answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
