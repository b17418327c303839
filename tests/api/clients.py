"""Programs of others against the description of the API: schemathesis looks for answers that it does not have, and two generators make
clients of it that must compile. Run by tests/run with the tools that it installs: clients.py PROGRAM NODE_MODULES"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

PROGRAM, NODE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
BESIDE = pathlib.Path(sys.executable).parent
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
# So many seconds for each of the two runs.
SECONDS = 6


class Server:
    """A demo with a token of its operator."""

    def __init__(self, folder):
        log = open(folder / "server.log", "w")
        arguments = ["demo", "--listen", "127.0.0.1:0", "--api-limit", "0", "--api-address-limit", "0"]
        environment = {"TOLLGATE_DATA": str(folder / "data"), "TOLLGATE_SCRIPTS_AS_ROOT": "true"}
        self.process = subprocess.Popen([PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if found := re.match(r"Tollgate listens on (\S+)", line):
                self.url = found[1]
            if found := re.match(r"account: operator +password: (\S+)", line):
                password = found[1]
            if line.rstrip().endswith("(administrator)"):
                break
        else:
            sys.exit(f"the server does not start: {(folder / 'server.log').read_text()}")
        self.token = self.make_token(password)

    def make_token(self, password):
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        browser.addheaders = [("Sec-Fetch-Site", "same-origin")]
        sign_in = urllib.parse.urlencode({"name": "operator", "password": password})
        browser.open(f"{self.url}/login", sign_in.encode())
        wanted = {"name": "clients", "scope": ["read", "operate", "approve"], "lasts": "30"}
        form = urllib.parse.urlencode(wanted, doseq=True)
        page = browser.open(f"{self.url}/tokens", form.encode()).read().decode()
        return re.search(r'<code id="token"[^>]*>([^<]+)</code>', page)[1]

    def asks(self, path):
        request = urllib.request.Request(self.url + path, headers={"X-Auth-Token": self.token})
        return json.load(urllib.request.urlopen(request))

    def stop(self):
        self.process.terminate()
        if self.process.wait(timeout=60) != 0:
            sys.exit("the server did not end well")


def run(command, folder, **more):
    """Runs it, and ends with what it says if it fails."""
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{command} failed")
    print(f"{pathlib.Path(command[0]).name} {command[1]}: {time.monotonic() - began:.0f} s")


def fuzz(server, folder):
    """One run knows a release task and leaves it there, the other knows nothing."""
    pipelines = server.asks("/v3/eu-west/pipeline/pipelines")["pipelines"]
    known = f'[parameters]\nproject_id = "eu-west"\npipeline_id = "{pipelines[0]["id"]}"\nnumber = 1\n'
    for name, config, more in [
        ("known", known, ["--exclude-operation-id", "deletePipeline", "--exclude-operation-id", "followRecord"]),
        ("strange", "", []),
    ]:
        (folder / name).mkdir()
        (folder / name / "schemathesis.toml").write_text(config)
        command = [BESIDE / "schemathesis", "run", f"{server.url}/api/openapi.json", "--checks", CHECKS]
        command += ["--phases", "examples,coverage,fuzzing", "--max-time", SECONDS, "--workers", "2", "--seed", "1", "--warnings", "off"]
        command += ["--header", f"X-Auth-Token: {server.token}", "--continue-on-failure", *more]
        run(command, folder / name)


def generate(description, folder):
    """A client in TypeScript and one in Python: the one compiles, all modules of the other are imported."""
    (folder / "openapi.json").write_text(json.dumps(description))
    run([NODE / ".bin/openapi-typescript", "openapi.json", "--output", "client.ts"], folder)
    uses = 'import type { paths } from "./client";\n'
    uses += 'type Body = paths["/v3/{project_id}/pipeline/pipelines/{pipeline_id}"]["get"]["responses"][200]["content"]["application/json"];\n'
    uses += 'export const name = (body: Body): string => body.name;\n'
    (folder / "use.ts").write_text(uses)
    run([NODE / ".bin/tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "use.ts"], folder)
    (folder / "config.yaml").write_text("post_hooks: []\n")
    generator = [BESIDE / "openapi-python-client", "generate", "--path", "openapi.json", "--meta", "none", "--output-path", "client"]
    run([*generator, "--config", "config.yaml", "--fail-on-warning"], folder)
    every = "import importlib, pkgutil, client\n"
    every += "found = [importlib.import_module(m.name) for m in pkgutil.walk_packages(client.__path__, 'client.')]\n"
    every += "from client.api.release_tasks import list_pipelines\nassert len(found) > 40, found\n"
    (folder / "every.py").write_text(every)
    run([BESIDE / "python", "every.py"], folder)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Server(folder)
        try:
            description = server.asks("/api/openapi.json")
            (folder / "clients").mkdir()
            generate(description, folder / "clients")
            fuzz(server, folder)
        finally:
            server.stop()
        if "panicked" in (log := (folder / "server.log").read_text()):
            sys.exit(log)


main()
