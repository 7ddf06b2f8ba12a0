"""A third party's ops, onnxruntime-extensions 0.13.0, over both protocols: strings in, strings and numbers out.

    extensions.py --http H:P --grpc H:P

The server serves tests/models/extensions with the library in each model's 1/ops; `all.sh extensions` puts it there.
"""

import sys

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import tensor
from traffic import addresses, verdict

# Model and texts, then each output as it must be. The tokens are places in the vocabulary of make_extensions.py.
CASES = [
    ("string_upper", ["Graft", "one frame", ""], {"upper": [b"GRAFT", b"ONE FRAME", b""]}),
    ("string_length", ["äöü", "", "ab"], {"length": [3, 0, 2]}),
    (
        "bert_tokenizer",
        ["Many grafted trees on one frame."],
        {"input_ids": [2, 5, 10, 11, 6, 7, 8, 9, 13, 3], "token_type_ids": [0] * 10, "attention_mask": [1] * 10},
    ),
]


def main() -> int:
    options = addresses(__doc__).parse_args()
    passed = failed = 0
    for module, address in ((httpclient, options.http), (grpcclient, options.grpc)):
        with module.InferenceServerClient(address) as client:
            for model, texts, expected in CASES:
                values = np.array([text.encode() for text in texts], dtype=np.object_)
                result = client.infer(model, [tensor(module, "text", values, "BYTES")])
                got = {name: result.as_numpy(name).tolist() for name in expected}
                if got == expected:
                    passed += 1
                else:
                    failed += 1
                    print(f"FAILED {module.__name__} {model}: {got} (expected {expected})")
    return verdict(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
