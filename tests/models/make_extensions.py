"""Writes models that use a third party's ops, onnxruntime-extensions: python make_extensions.py -> extensions/.

The files are committed, the library is not: who runs them puts it into each model's 1/ops/.
"""

import pathlib

from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).resolve().parent
TYPES = {TensorProto.STRING: "TYPE_STRING", TensorProto.INT64: "TYPE_INT64"}
DOMAIN = "ai.onnx.contrib"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "many", "trees", "on", "one", "frame", "graft", "##ed", "##s", "."]


def write(name: str, op: str, inputs: list, outputs: list, **attributes: object) -> None:
    node = helper.make_node(op, [i.name for i in inputs], [o.name for o in outputs], domain=DOMAIN, **attributes)
    model = helper.make_model(
        helper.make_graph([node], name, inputs, outputs),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)],
        ir_version=8,
    )
    target = HERE / "extensions" / name / "1" / "model.onnx"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(model.SerializeToString(deterministic=True))
    # Without it, auto-complete would take the dimension of any size for the batch; tokens do not keep it.
    named = [("input", tensor) for tensor in inputs] + [("output", tensor) for tensor in outputs]
    lines = [f'{kind} [ {{ name: "{t.name}" data_type: {TYPES[t.type.tensor_type.elem_type]} dims: [ -1 ] }} ]' for kind, t in named]
    (HERE / "extensions" / name / "config.pbtxt").write_text("\n".join(['backend: "onnxruntime"', "max_batch_size: 0", *lines, ""]))


def tensor(name: str, kind: int):
    return helper.make_tensor_value_info(name, kind, ["n"])


if __name__ == "__main__":
    text = [tensor("text", TensorProto.STRING)]
    write("string_upper", "StringUpper", text, [tensor("upper", TensorProto.STRING)])
    write("string_length", "StringLength", text, [tensor("length", TensorProto.INT64)])
    tokens = [tensor(n, TensorProto.INT64) for n in ("input_ids", "token_type_ids", "attention_mask")]
    write("bert_tokenizer", "BertTokenizer", text, tokens, vocab_file="\n".join(WORDS), do_lower_case=1)
