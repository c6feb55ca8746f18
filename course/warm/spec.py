"""Make the warm kernels known to Jupyter by a name, or as the default for every Python notebook."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course.warm import client

PROVISIONER = "academy-warm"
KERNEL_NAME = "academy-warm"


def install(prefix: str | Path | None = None, *, modules: Sequence[str] = ()) -> Path:
    """Write the kernelspec `academy-warm`, so that `--kernel academy-warm` works everywhere.

    Parameters
    ----------
    prefix : path
        The environment to install into; this Python's where None.
    modules : sequence of str
        What its parent imports beforehand; the usual modules where empty.

    Returns
    -------
    Path
        The folder written.
    """
    folder = Path(prefix or sys.prefix, "share", "jupyter", "kernels", KERNEL_NAME)
    folder.mkdir(parents=True, exist_ok=True)
    config = {"modules": list(modules)} if modules else {}
    spec = {
        # nbclient gives kernels called python3 their history in memory, and only those; without it,
        # kernels marked side by side would share one history file.
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        + ["--HistoryManager.hist_file=:memory:"],
        "display_name": "Python 3 (warm)",
        "language": "python",
        "metadata": {
            "debugger": True,
            "supported_encryption": ["curve"],
            "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": config},
        },
    }
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n")
    return folder


def server_settings(modules: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Give the settings with which a Jupyter server starts every Python kernel warm; no file is written.

    They are traitlets' classes and their values, for the configuration of `ServerApp`, of Voila or of
    any other program that starts kernels. Notebooks keep their kernel's name, `python3`.

    Parameters
    ----------
    modules : sequence of str
        What the parent imports beside the usual modules, such as those that the server's notebooks use.
    """
    settings: dict[str, dict[str, Any]] = {
        "KernelProvisionerFactory": {"default_provisioner_name": PROVISIONER},
    }
    if modules:
        settings["WarmProvisioner"] = {"modules": [*client.MODULES, *modules]}
    return settings


def as_default(environment: Mapping[str, str]) -> dict[str, str]:
    """Give an environment in which every Python kernel starts warm, whatever its name.

    For a server or a marking run started with it; kernels that cannot be forked start as ever.
    """
    return {**environment, "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER}
