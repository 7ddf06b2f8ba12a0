"""A server on a repository that a test puts together."""
import os
import shutil
import subprocess
import time

from client import Client, Refused

PORT = 18000


class Server:
    """Runs trtserver for the length of a `with`."""

    def __init__(self, folder, *options, preload="", log="server.log"):
        self.folder = folder
        self.log = os.path.join(folder, log)
        environment = dict(os.environ, XDG_STATE_HOME=os.path.join(folder, "state"))
        if preload:
            environment["LD_PRELOAD"] = preload
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(
                ["trtserver", f"--model-repository={folder}/models", f"--http-port={PORT}",
                 f"--grpc-port={PORT + 1}", f"--metrics-port={PORT + 2}", "--exit-on-error=false",
                 "--strict-readiness=false", *options],
                env=environment, stdout=output, stderr=output)

    def __enter__(self):
        begun = time.monotonic()
        while time.monotonic() - begun < 60:
            try:
                self.client().call("GET", "/v2/health/ready")
                self.seconds = time.monotonic() - begun
                return self
            except (OSError, Refused):
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        with open(self.log) as log:
            raise SystemExit("the server is not ready:\n" + log.read()[-4000:])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)

    def client(self):
        return Client(PORT)

    def metrics(self):
        return Client(PORT + 2).call("GET", "/metrics")[1].decode()

    def resident_mb(self):
        """Memory of the server and its workers, shared pages counted once."""
        total = 0
        pids = [self.process.pid] + [
            worker["pid"] for worker in self.client().json("GET", "/v2/espalier/workers")["workers"] if worker.get("pid")]
        for pid in pids:
            with open(f"/proc/{pid}/smaps_rollup") as smaps:
                total += sum(int(line.split()[1]) for line in smaps if line.startswith("Pss:"))
        return total // 1024

    def reason(self, model):
        """Why a model is in its state."""
        for entry in self.client().json("POST", "/v2/repository/index"):
            if entry["name"] == model:
                return entry.get("state", "") + ": " + entry.get("reason", "")
        return "not there"


class Models:
    """A repository under `folder`; plans and libraries are copied into it."""

    def __init__(self, folder, plans, libraries):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder, self.plans, self.libraries = folder, plans, libraries

    def add(self, name, plan, *libraries, config=""):
        model = os.path.join(self.folder, "models", name)
        os.makedirs(os.path.join(model, "1"))
        shutil.copy(os.path.join(self.plans, plan + ".plan"), os.path.join(model, "1/model.plan"))
        for library in libraries:
            os.makedirs(os.path.join(model, "ops"), exist_ok=True)
            shutil.copy(self.library(library), os.path.join(model, "ops", library))
        if config:
            with open(os.path.join(model, "config.pbtxt"), "w") as file:
                file.write(config)

    def shelf(self, *libraries):
        shelf = os.path.join(self.folder, "models/.ops")
        os.makedirs(shelf, exist_ok=True)
        for library in libraries:
            shutil.copy(self.library(library), shelf)

    def library(self, name):
        return os.path.join(self.libraries, name)
