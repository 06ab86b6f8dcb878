"""Builds a component of the handlers of a project: `python -m tasker_sdk.build [FOLDER] [--out FILE]`.

What it does goes to standard error, the path of the component to standard output.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    tomllib = None  # type: ignore[assignment]

_SDK = Path(__file__).parent
_SOURCES = ("src", ".")
_MODULES = ("handlers", "app")


class Problem(Exception):
    """Something that the author can mend: its message is all that is shown."""


def _entry(folder: Path) -> tuple[Path, str]:
    """The folder of the source, and the module with the handlers."""
    wanted = _said(folder).get("module")
    for source in _SOURCES:
        for module in [wanted] if wanted else _MODULES:
            path = folder / source / module.replace(".", "/")
            if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
                return folder / source, module
    looked = wanted or " or ".join(f"{name}.py" for name in _MODULES)
    raise Problem(f"{folder} has no {looked}, neither in src/; name the module as `module` below [tool.tasker] in pyproject.toml")


def _said(folder: Path) -> dict[str, str]:
    manifest = folder / "pyproject.toml"
    if tomllib is None or not manifest.is_file():
        return {}
    return tomllib.loads(manifest.read_text()).get("tool", {}).get("tasker", {})


def _world(source: Path, module: str) -> str:
    """Imports the handlers to see what there is; that also finds mistakes before anything is built."""
    sys.path.insert(0, str(source))
    importlib.import_module(module)
    from .registry import REGISTERED, describe

    if not REGISTERED.handlers and not REGISTERED.subscribers:
        raise Problem(f"{module} registers nothing; write @handler(…) before a function")
    describe()
    holds = "handlers-and-subscribers" if REGISTERED.subscribers and REGISTERED.handlers else "handlers"
    holds = holds if REGISTERED.handlers else "subscribers"
    return f"{holds}-http" if "tasker_sdk.http" in sys.modules else holds


def _program() -> str:
    beside = Path(sys.executable).parent / "componentize-py"
    return str(beside) if beside.exists() else "componentize-py"


def build(folder: Path, out: Path) -> Path:
    """Builds the component."""
    source, module = _entry(folder)
    print(f"  checking {module}", file=sys.stderr)
    world = _world(source, module)
    exports = {"handlers": "Handler", "subscribers": "Subscriber"}
    classes = [name for kind, name in exports.items() if kind in world] + ["Descriptor"]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        entry = Path(made) / "tasker_component.py"
        http = "import tasker_sdk.wasi_http\n" if world.endswith("-http") else ""
        entry.write_text(f"from tasker_sdk.component import {', '.join(classes)}\n{http}import {module}\nfrom tasker_sdk.run import prepare\nprepare()\n")
        paths = [made, str(source), str(_SDK.parent), *_packages(folder)]
        command = [_program(), "-d", str(_SDK / "wit"), "-w", world, "componentize"]
        for path in paths:
            command += ["-p", path]
        command += ["tasker_component", "-o", str(out)]
        print("  making the component", file=sys.stderr)
        try:
            made_it = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except FileNotFoundError:
            raise Problem("componentize-py is not installed; run `pip install 'tasker-sdk[build]'`") from None
        if made_it.returncode != 0:
            raise Problem(made_it.stdout.rstrip())
    return out


def _packages(folder: Path) -> list[str]:
    """Where other packages of the project are, if it has an environment of its own."""
    return [str(path) for path in sorted(folder.glob("vendor"))]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tasker_sdk.build", description="Build a component of step handlers.")
    parser.add_argument("folder", nargs="?", default=".", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    try:
        print(build(folder, (arguments.out or folder / "build" / "component.wasm").absolute()))
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
