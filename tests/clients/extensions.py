"""Third parties' ops over both protocols, strings in, strings and numbers out.

    extensions.py --http H:P --grpc H:P

They are onnxruntime-extensions 0.13.0 and tensorflow-text 2.21.1, which is built for the TensorFlow 2.21 that a server
has. The server serves tests/models/extensions with the library in each model's 1/ops, and tests/models/tensorflow_text
with the libraries on its shelf; `all.sh extensions` puts them there.
"""

import sys

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import tensor
from traffic import addresses, verdict

# Model and texts, then each output as it must be. Tokens are places in the vocabularies of make_extensions.py and of
# make_tensorflow_text.py; what TensorFlow models answer is what the latter printed: tensorflow-text in Python.
CASES = [
    ("string_upper", ["Graft", "one frame", ""], {"upper": [b"GRAFT", b"ONE FRAME", b""]}),
    ("string_length", ["äöü", "", "ab"], {"length": [3, 0, 2]}),
    (
        "bert_tokenizer",
        ["Many grafted trees on one frame."],
        {"input_ids": [2, 5, 10, 11, 6, 7, 8, 9, 13, 3], "token_type_ids": [0] * 10, "attention_mask": [1] * 10},
    ),
    ("fold", ["Straße", "GRAFT", ""], {"folded": [b"strasse", b"graft", b""]}),
    (
        "tokens",
        ["Many grafted trees on one frame.", "One tree"],
        {
            "tokens": [[2, 7, 8, 3, 4, 5, 6, 9], [5, 1, 0, 0, 0, 0, 0, 0]],
            "words": [b"many grafted trees on one frame .", b"one [UNK]"],
        },
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
