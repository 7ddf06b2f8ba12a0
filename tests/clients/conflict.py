"""Two models whose op libraries define the same op differently: each must get its own answer, every time.

    conflict.py --http H:P --grpc H:P [--requests 10000] [--in-flight 64] [MODEL MODEL …]

Models are asked in turn, over both protocols; what is right is said by the end of a model's name: `add` is X + Y,
`sub` is X - Y, `one` and `two` keep so many elements of a row. Without names, pairs of libraries for ONNX Runtime, in C
and in C++, for TensorFlow and for PyTorch are asked, one pair after the other.
"""

import asyncio
import collections
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from traffic import Clients, Refusal, addresses, verdict

PAIRS = [
    ["conflict_c_add", "conflict_c_sub"],
    ["conflict_cpp_add", "conflict_cpp_sub"],
    ["custom_add", "custom_sub"],
    ["zero_out_one", "zero_out_two"],
    ["torch_add", "torch_sub"],
]


@dataclass(frozen=True)
class Kind:
    """How a model is asked, and what is right."""

    inputs: dict[str, tuple[int, ...]]
    output: str
    dtype: type
    right: Callable[..., np.ndarray]


def calculator(right: Callable[..., np.ndarray]) -> Kind:
    return Kind({"X": (3,), "Y": (3,)}, "Z", np.float32, right)


def keeper(count: int) -> Kind:
    return Kind({"to_zero": (1, 8)}, "zeroed", np.int32, lambda row: np.where(np.arange(8) < count, row, 0))


KINDS = {"add": calculator(np.add), "sub": calculator(np.subtract), "one": keeper(1), "two": keeper(2)}


async def interleaved(options, models: list[str]) -> collections.Counter:
    """How often each model answered right, wrong or with an error."""
    seen = collections.Counter()
    first_failures = {}
    places = asyncio.Semaphore(options.in_flight)
    random = np.random.default_rng(7)

    async with Clients(options) as clients:

        async def question(number: int) -> None:
            model = models[number % len(models)]
            protocol = ("http", "grpc")[number // len(models) % 2]
            kind = KINDS[model.rsplit("_", 1)[1]]
            inputs = {name: random.integers(1, 1000, shape).astype(kind.dtype) for name, shape in kind.inputs.items()}
            async with places:
                answer = await clients.infer(protocol, model, inputs, kind.output, str(number))
            expected = kind.right(*inputs.values())
            if isinstance(answer, Refusal):
                outcome = "error"
            else:
                outcome = "right" if answer is not None and np.array_equal(answer, expected) else "wrong"
            seen[model, outcome] += 1
            if outcome != "right":
                first_failures.setdefault((model, outcome), f"{protocol}: {answer} (expected {expected})")

        await asyncio.gather(*(question(number) for number in range(options.requests)))
    for (model, outcome), text in first_failures.items():
        print(f"first {outcome} of {model}: {text}")
    return seen


def main() -> int:
    parser = addresses(__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("models", nargs="*")
    options = parser.parse_args()
    passed = failed = 0
    for models in [options.models] if options.models else PAIRS:
        seen = asyncio.run(interleaved(options, models))
        for model in models:
            counts = {outcome: seen[model, outcome] for outcome in ("right", "wrong", "error")}
            print(f"{model}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
            passed += counts["right"]
            failed += counts["wrong"] + counts["error"]
    return verdict(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
