"""Measures what authors wait for; see authors.sh."""

import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "target/tmp/languages"
TASKER = os.environ["TASKER"]
SAVES = int(os.environ["SAVES"])
CASES = 100

# Of each language, the file of the handler. The greeting is changed in it.
SOURCES = {
    "rust": "src/lib.rs",
    "c": "src/handlers.c",
    "typescript": "src/handlers.ts",
    "python": "src/handlers.py",
    "go": "handlers.go",
}
GREETING = "Hello"
SDKS = {"rust": "sdk"}


def environment(language):
    """The variables that the toolchain needs; none is fetched."""
    tools = TOOLS / language
    own = {
        "rust": {"CARGO_NET_OFFLINE": "true"},
        "python": {"VIRTUAL_ENV": tools / "environment", "PYTHONPATH": ROOT / "plugins/python"},
        "c": {"VIRTUAL_ENV": tools / "environment"},
        "go": {
            "VIRTUAL_ENV": tools / "environment",
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "GOPATH": tools / "path",
            "GOCACHE": tools / "cache",
        },
    }
    own = {name: str(value) for name, value in own.get(language, {}).items()}
    return {**os.environ, **own, "NO_PROXY": "127.0.0.1,localhost"}


def link_packages(project):
    """What `npm install` would make."""
    own = project / "node_modules"
    (own / "@tasker").mkdir(parents=True)
    for package in (TOOLS / "typescript/modules/node_modules").iterdir():
        (own / package.name).symlink_to(package)
    (own / "@tasker/sdk").symlink_to(ROOT / "plugins/typescript")


def told(session, what):
    """The next line in which the session tells this."""
    for line in session.stdout:
        line = json.loads(line)
        if line.get("dev") == what:
            return line
    sys.exit(f"the session ended without a line `{what}`")


def written(language, folder):
    """A project as `tasker new` writes it."""
    project = folder / "greet"
    sdk = ROOT / "plugins" / SDKS.get(language, language)
    new = [TASKER, "new", "handler", "demo/greet", "--lang", language, "--dir", project]
    subprocess.run([*new, "--sdk-path", sdk], check=True, stdout=subprocess.DEVNULL)
    if language == "typescript":
        link_packages(project)
    return project


def dev(language, folder):
    project = written(language, folder)
    source = project / SOURCES[language]
    text = source.read_text()
    if GREETING not in text:
        sys.exit(f"{source} has no {GREETING} to change")
    session = subprocess.Popen(
        [TASKER, "dev", project, "--listen", "127.0.0.1:0", "--output", "json"],
        env=environment(language),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        told(session, "watching")
        saves = []
        for no in range(SAVES):
            source.write_text(text.replace(GREETING, f"{GREETING} {no}"))
            began = told(session, "began")
            saves.append((began["after_ms"], began["build_ms"]))
            told(session, "watching")
    finally:
        session.send_signal(signal.SIGINT)
        session.communicate()
    beyond = [after - build for after, build in saves]
    return {
        "save_to_first_step_ms": round(statistics.median(after for after, _ in saves)),
        "build_ms": round(statistics.median(build for _, build in saves)),
        "beyond_the_build_ms": round(statistics.median(beyond)),
        "beyond_the_build_most_ms": round(max(beyond)),
    }


def cases(folder):
    """Milliseconds of a run of CASES cases of a handler, from the start of the command to its end."""
    project = written("rust", folder)
    case = "- name: greets {no}\n  input: {{name: Ada {no}}}\n  expect:\n    result: {{text: 'Hello, Ada {no}!'}}\n"
    (project / "tests/greet.yaml").write_text("handler: greet\ncases:\n" + "".join(case.format(no=no) for no in range(CASES)))
    built = [TASKER, "build", project, "--output", "json"]
    answer = json.loads(subprocess.run(built, check=True, stdout=subprocess.PIPE, env=environment("rust")).stdout)
    test = [TASKER, "test", project, "--component", answer["path"]]
    own = {**os.environ, "TASKER_DATA_DIR": str(folder / "data")}
    took = []
    for _ in range(SAVES + 1):
        begun = time.monotonic()
        run = subprocess.run(test, env=own, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        took.append((time.monotonic() - begun) * 1_000)
        if f"{CASES} passed" not in run.stdout:
            sys.exit(run.stdout)
    return {"cases": CASES, "first_ms": round(took[0]), "then_ms": round(statistics.median(took[1:]))}


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    # PostgreSQL has a user of its own where this runs as root.
    folder.chmod(0o711)
    try:
        report = {"saves": SAVES}
        for language in os.environ["LANGUAGES"].split():
            (folder / language).mkdir()
            report[language] = dev(language, folder / language)
            print(language, report[language], file=sys.stderr)
        (folder / "cases").mkdir()
        report["test"] = cases(folder / "cases")
        print(json.dumps(report, indent=2))
    finally:
        shutil.rmtree(folder)


main()
