import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("forks need Linux; elsewhere the ordinary start serves", allow_module_level=True)

from course.warm import client, spec
from course.warm.notebook import parent_for_notebooks

# Little, so that the tests' parents start quickly; what is preloaded makes no difference to them.
MODULES = ("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completer", "numpy", "ipywidgets")


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Jupyter data folder that holds the warm kernelspec and nothing of the machine's."""
    prefix = tmp_path_factory.mktemp("prefix")
    spec.install(prefix, modules=MODULES)
    return prefix / "share" / "jupyter"


@pytest.fixture(scope="module", autouse=True)
def _jupyter(kernels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jupyter's folders for these tests and the programs they start, and for no other room's tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(kernels))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield


@pytest.fixture(scope="module")
def parent(_jupyter: None) -> client.WarmParent:
    """A warm parent for calls and notebooks."""
    return parent_for_notebooks(MODULES)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder to run in, with one file that may be read."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "data.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.fixture
def in_its_own_loop() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine to its end in a thread of its own: a browser's test may hold a loop in this one."""

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, work).result()

    return run
