"""Writes models that use a third party's ops, tensorflow-text: python make_tensorflow_text.py -> tensorflow_text/.

Needs tensorflow and tensorflow-text; 2.21.0 and 2.21.1 wrote the committed files. The libraries are not committed: who
serves the models puts them onto the shelf. Prints what Python makes of the texts that the client will send.
"""

import pathlib
import tempfile

import tensorflow as tf
import tensorflow_text as text
from make_tensorflow import function, saved, spec

MODELS = pathlib.Path(__file__).resolve().parent / "tensorflow_text"
WORDS = ["[PAD]", "[UNK]", "many", "trees", "on", "one", "frame", "graft", "##ed", "."]


def tensor(name: str, kind: str, rank: int) -> str:
    return f'{{ name: "{name}" data_type: TYPE_{kind} dims: [ {", ".join(["-1"] * rank)} ] }}'


def write(name: str, outputs: list[str], module: tf.Module, compute, *texts: bytes) -> None:
    """The model; without its configuration, auto-complete would take the dimension of any size for the batch."""
    module.run = function(lambda text: compute(text), spec("string", None, name="text"))
    config = [f"input [ {tensor('text', 'STRING', 1)} ]", *(f"output [ {output} ]" for output in outputs)]
    saved(MODELS / name, module, "\n".join(["max_batch_size: 0", *config, ""]), serving_default=module.run)
    answer = module.run(tf.constant(texts))
    print(name, {output: value.numpy().tolist() for output, value in answer.items()})


class Tokenizer(tf.Module):
    """Makes rows of tokens, filled up with zeros, and the words that they stand for; its words are an asset."""

    def __init__(self, vocabulary: str):
        super().__init__()
        self.words = text.BertTokenizer(vocabulary, lower_case=True)

    def tokens(self, texts):
        rows = self.words.tokenize(texts).merge_dims(1, 2)
        words = tf.strings.reduce_join(self.words.detokenize(rows), 1, separator=" ")
        return {"tokens": rows.to_tensor(), "words": words}


if __name__ == "__main__":
    folded = [tensor("folded", "STRING", 1)]
    texts = ["Straße".encode(), b"GRAFT", b""]
    write("fold", folded, tf.Module(), lambda x: {"folded": text.case_fold_utf8(x)}, *texts)
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = pathlib.Path(folder, "words.txt")
        vocabulary.write_text("\n".join(WORDS))
        tokenizer = Tokenizer(str(vocabulary))
        outputs = [tensor("tokens", "INT64", 2), tensor("words", "STRING", 1)]
        write("tokens", outputs, tokenizer, tokenizer.tokens, b"Many grafted trees on one frame.", b"One tree")
