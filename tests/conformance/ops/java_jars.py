"""Jars with models, made of sources by the JDK's compiler against the SDK of the distribution."""

import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

from started import ROOT

SERVICES = "META-INF/services/dev.espalier.sdk.Model"
SOURCE = """
package test;

import dev.espalier.sdk.*;
import dev.espalier.tensor.*;
import java.util.*;

public class M implements Model {
    static final List<byte[]> kept = new ArrayList<>();

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("X", DataType.FP32, -1), TensorSpec.of("Y", DataType.FP32, -1)),
                List.of(TensorSpec.of("Z", DataType.FP32, -1)));
    }

    @Override
    public void run(List<Request> requests, Answers answers) throws Exception {
        for (Request request : requests) {
            FloatElements x = request.input("X").floats();
            FloatElements y = request.input("Y").floats();
            Answer answer = answers.to(request);
            FloatElements z = answer.output("Z", x.size()).floats();
            BEFORE
            for (long i = 0; i < z.size(); i++) {
                z.set(i, x.get(i) OPERATOR y.get(i));
            }
            answer.sendLast();
        }
    }
}
"""


def jdk() -> pathlib.Path:
    found = subprocess.run(
        ["sh", "-c", '. "$0" && echo "$JAVA_HOME"', str(ROOT / ".mvn/find-jdk.sh")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "root": str(ROOT)},
    )
    return pathlib.Path(found.stdout.strip())


@functools.cache
def classes(source: str, lib: pathlib.Path, *options: str) -> dict[str, bytes]:
    """What the compiler makes of the class `test.M`."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "test/M.java")
        file.parent.mkdir()
        file.write_text(source)
        jars = ":".join(str(jar) for name in ("sdk", "tensor") for jar in lib.glob(f"espalier-{name}-[0-9]*.jar"))
        command = [str(jdk() / "bin/javac"), "-nowarn", *options, "-cp", jars, "-d", folder, str(file)]
        subprocess.run(command, check=True, capture_output=True)
        return {str(each.relative_to(folder)): each.read_bytes() for each in pathlib.Path(folder).rglob("*.class")}


class Jars:
    """Jars of models of X and Y, for the server's command."""

    def __init__(self, command: str, folder: pathlib.Path):
        self.lib = pathlib.Path(command).resolve().parents[1] / "lib"
        self.folder = folder
        folder.mkdir()

    def model(self, operator: str = "+", before: str = "", source: str = SOURCE) -> bytes:
        """A jar whose model computes `x OPERATOR y`, and does `before` something else."""
        content = classes(source.replace("OPERATOR", operator).replace("BEFORE", before), self.lib)
        return self.jar({**content, SERVICES: b"test.M\n"})

    def jar(self, content: dict[str, bytes]) -> bytes:
        file = self.folder / "made.jar"
        with zipfile.ZipFile(file, "w") as jar:
            for name, each in content.items():
                # With one date, so that one content is one hash.
                jar.writestr(zipfile.ZipInfo(name), each, zipfile.ZIP_DEFLATED)
        return file.read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def example(repository: pathlib.Path, name: str) -> None:
    shutil.copytree(ROOT / "examples/java-models" / name, repository / name)
