"""Writes the test models for a real Triton's python backend: python oracle_models.py FOLDER

FOLDER/repository and FOLDER/broken then serve the names of ../models/table.py with the same configuration,
`backend` apart. The arithmetic is numpy's.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "models"))
from table import BROKEN, CONFLICT, MODELS, Model  # noqa: E402

# BF16 has no numpy type, so identities of it hand the memory over as it is.
BODIES = {
    "identity": "pb_utils.Tensor.from_dlpack('OUTPUT0', take('INPUT0').to_dlpack())"
    " if self.bf16 else pb_utils.Tensor('OUTPUT0', take('INPUT0').as_numpy())",
    "sum_and_difference": "pb_utils.Tensor('OUTPUT0', take('INPUT0').as_numpy() + take('INPUT1').as_numpy()),"
    " pb_utils.Tensor('OUTPUT1', take('INPUT0').as_numpy() - take('INPUT1').as_numpy())",
    "plus_version": "pb_utils.Tensor('OUTPUT0', take('INPUT0').as_numpy() + np.float32(self.version))",
    "mlp": "pb_utils.Tensor('OUTPUT0', np.maximum(take('INPUT0').as_numpy() @ self.w1, 0) @ self.w2)",
    "conflict_add": "pb_utils.Tensor('Z', take('X').as_numpy() + take('Y').as_numpy())",
    "conflict_sub": "pb_utils.Tensor('Z', take('X').as_numpy() - take('Y').as_numpy())",
    "broken": "()",
}

TEXT = '''import numpy as np
import triton_python_backend_utils as pb_utils


def weight(shape, seed):
    i = np.arange(shape[0] * shape[1], dtype=np.int64)
    return (((31 * i + 17) * i + seed) % 10007 - 5003).astype(np.float32).reshape(shape) * np.float32(2**-17)


class TritonPythonModel:
    def initialize(self, arguments):
        if {broken}:
            raise pb_utils.TritonModelException("this model is broken on purpose")
        self.version = int(arguments["model_version"])
        self.bf16 = {bf16}
        if {mlp}:
            self.w1, self.w2 = weight((784, 256), 1), weight((256, 10), 2)

    def execute(self, requests):
        if not {decoupled}:
            return [self.answer(request) for request in requests]
        for request in requests:
            sender = request.get_response_sender()
            sender.send(self.answer(request), flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def answer(self, request):
        take = lambda name: pb_utils.get_input_tensor_by_name(request, name)
        wanted = request.requested_output_names()
        made = [{body}]
        return pb_utils.InferenceResponse([tensor for tensor in made if tensor.name() in wanted])
'''


def write(model: Model, repository: pathlib.Path) -> None:
    bf16 = any(t.type == "BF16" for t in model.inputs)
    text = TEXT.format(
        body=BODIES[model.kind],
        bf16=bf16,
        broken=model.kind == "broken",
        mlp=model.kind == "mlp",
        decoupled="decoupled" in model.more,
    )
    for version in model.versions:
        folder = repository / model.name / str(version)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.py").write_text(text)
    (repository / model.name / "config.pbtxt").write_text(model.config("python"))


def main(folder: str) -> None:
    for model in MODELS + CONFLICT:
        write(model, pathlib.Path(folder) / "repository")
    for model in BROKEN:
        write(model, pathlib.Path(folder) / "broken")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
