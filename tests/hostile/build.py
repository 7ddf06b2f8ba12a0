"""Builds the attacks' libraries, with what they must know of this run."""

import os
import pathlib
import platform
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Its header is of API 20, as that of the libraries in tests/ops.
ONNX_RUNTIME_HEADER = "github.com/yalue/onnxruntime_go@v1.13.0"

# Each part of the first says all that is before it, twice.
SYMBOLS = {
    "DOUBLES": "_ZN1a" + "".join(f"S{n}_1b" for n in ["", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]) + "Ev",
    "DEEP": "_Z1f" + 120_000 * "P" + "i",
    "LONG": "_ZN" + 66_666 * "1aS",
}


def onnx_runtime_include() -> str:
    """The folder of ONNX Runtime's header: ORT_INCLUDE, or that of a Go module which carries it."""
    if "ORT_INCLUDE" in os.environ:
        return os.environ["ORT_INCLUDE"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["go", "mod", "init", "header"], cwd=folder, check=True, capture_output=True)
        told = subprocess.run(
            ["go", "mod", "download", "-json", ONNX_RUNTIME_HEADER],
            cwd=folder, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    return next(line.split('"')[3] for line in told.splitlines() if '"Dir"' in line)


class Builder:
    """The compiler, and a header with the run's constants in the folder where the libraries go."""

    def __init__(self, folder: pathlib.Path, constants: dict[str, str | int]):
        self.folder = folder / "built"
        self.folder.mkdir()
        self.include = onnx_runtime_include()
        lines = [f"#define HOSTILE_{name} {value if isinstance(value, int) else quoted(value)}" for name, value in constants.items()]
        (self.folder / "target.h").write_text("\n".join(lines) + "\n")
        symbols = "".join(f"#define SYMBOL_{name} {quoted(symbol)}\n" for name, symbol in SYMBOLS.items())
        (self.folder / "symbols.h").write_text(symbols)

    def library(self, name: str, source: str, flags: tuple[str, ...] = ()) -> pathlib.Path:
        library = self.folder / f"lib{name}.so"
        command = ["gcc", "-std=gnu11", "-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread", "-w", "-s"]
        command += [f"-I{self.folder}", f"-I{ROOT / 'examples'}", "-isystem", self.include]
        command += [f"-DHOSTILE_NAME={quoted(name)}", *flags, str(HERE / "attacks" / source), "-o", str(library), "-lm"]
        told = subprocess.run(command, capture_output=True, text=True)
        if told.returncode != 0:
            raise SystemExit(f"{source} does not compile:\n{told.stderr}")
        return library

    def libraries(self, wanted: list[tuple[str, str, tuple[str, ...]]]) -> dict[str, pathlib.Path]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip([name for name, _, _ in wanted], pool.map(lambda each: self.library(*each), wanted)))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def can_be_built() -> str:
    """Why the attacks cannot be built on this machine, or nothing."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "the attacks are for Linux on x86-64"
    return ""
