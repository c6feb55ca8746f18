"""Start the academy on this computer: one Jupyter server, for one person, on loopback only."""

import contextlib
import json
import os
import socket
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from course import slow_import
from course.errors import InputError
from course.portal import workspace
from course.warm import client
from course.warm.spec import PROVISIONER

HERE = Path(__file__).parent
LOOPBACK = "127.0.0.1"
PORTS_TRIED = 50
IDLE_KERNEL_SECONDS = 45 * 60
LOOK_FOR_IDLE_SECONDS = 60
KEPT_DAYS = 365

# JupyterLab is code of others and needs more than our own pages may: but no other host either.
LAB_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws://127.0.0.1:* ws://localhost:* data: blob:",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
    ]
)


def serve(port: int = 8888, open_browser: bool = True) -> None:
    """Serve the academy from the learner's folder until it is stopped.

    Prints the one link that signs the learner in. Where `port` is taken, the next free one is used.

    Raises
    ------
    InputError
        The folder cannot be used, no port is free, or the academy is running for this folder already.
    """
    folder = workspace.home()
    workspace.refresh(folder)
    running = folder / workspace.KEPT / "server.json"
    lock = FileLock(folder / workspace.KEPT / "server.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise InputError(_already(running)) from problem
    try:
        _run(folder, _free_port(port), port, open_browser, running)
    finally:
        running.unlink(missing_ok=True)
        lock.release()


def serve_classroom(
    cohort: Path, address: str = "0.0.0.0", port: int = 8888, most_pages: int | None = None
) -> None:
    """Serve the academy to a cohort's learners and their trainers until it is stopped.

    Prints the address that learners type and, at the first start, the trainers' code. While `most_pages`
    lessons and exercises are open, whoever else comes gets the reading version; where None, it is as many
    as memory allows.

    Raises
    ------
    InputError
        The folder is not a cohort's, it is served already, this machine cannot shut kernels in, or the
        address or port cannot be had.
    """
    from course.cohorts import codes, roster
    from course.portal import classroom, reading

    cohort = cohort.resolve()
    learners = len(codes.codes(cohort))
    if not learners:
        raise InputError(
            f"Nobody is on the roster of {cohort}. Add people: academy cohort roster {cohort} LIST"
        )
    why = classroom.unshut()
    if why:
        raise InputError(
            f"This machine cannot shut lessons in, so it may not serve more than one person: {why}. "
            "Use Linux 5.13 or newer, or let everybody run the academy on their own computer."
        )
    with roster.held(cohort):
        (cohort / classroom.PEOPLE).mkdir(mode=0o700, exist_ok=True)
        room = classroom.Classroom(
            cohort, workspace.cookie_secret(cohort), most_pages or reading.most_pages()
        )
        trainers = room.new_trainer_code()
    room.make_home(classroom.TRAINER)
    lock = FileLock(cohort / workspace.KEPT / "server.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise InputError(
            "This classroom is open already, in another window. Stop that one first."
        ) from problem
    try:
        with tempfile.TemporaryDirectory(prefix="sva-") as sockets:
            os.environ.update(environment(cohort))
            os.environ.update(
                ACADEMY_HOME=str(room.home(classroom.TRAINER)),
                ACADEMY_CLASSROOM="1",
                JUPYTER_RUNTIME_DIR=sockets,
            )
            slow_import.mend()
            from jupyter_server.serverapp import ServerApp

            free = _free_port(port, address)
            server = ServerApp(config=_as_config(classroom.settings(room, address, settings(cohort, free))))
            server.initialize(argv=[], find_extensions=True)
            lines = [
                f"The academy is open to the {learners} learners of {room.name}. They type this address:",
                *(f"  http://{host}:{free}" for host in classroom.addresses(address)),
                f"Each signs in with a code of their own. List them: academy cohort codes {cohort}",
                *([f"Trainers sign in with {trainers} (shown this once: write it down)"] if trainers else []),
                f"There is room for {most_pages} open pages. Whoever comes then gets the reading version.",
                "What is typed is not encrypted on its way: use a network you trust, or put HTTPS before it.",
                "To stop, press Ctrl and C here.",
            ]
            _quiet(cohort)  # before the start, at which Jupyter would print its own links
            server.io_loop.add_callback(print, "\n".join(lines), flush=True)
            reading.renew_meanwhile(room.reading)
            _warm_up()
            server.start()
    finally:
        lock.release()


def _quiet(folder: Path) -> None:
    """From here on what the server and its kernels say goes to a file, not to the window."""
    os.dup2(os.open(folder / workspace.KEPT / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)


def _run(folder: Path, port: int, wanted: int, open_browser: bool, running: Path) -> None:
    os.environ.update(environment(folder))
    slow_import.mend()
    from jupyter_server.serverapp import ServerApp

    key = workspace.key(folder)
    server = ServerApp(config=_as_config(settings(folder, port)))
    server.initialize(argv=[], find_extensions=True)
    link = f"http://{LOOPBACK}:{port}/academy/start?key={key}"
    running.write_text(json.dumps({"link": link, "pid": os.getpid()}), encoding="utf-8")
    running.chmod(0o600)

    lines = [
        *(
            [f"Port {wanted} is in use by another program, so the academy uses {port}."]
            if port != wanted
            else []
        ),
        f"The academy is open at {link}",
        f"Your work is kept in {folder}. To stop, press Ctrl and C here.",
    ]

    def announce() -> None:
        print("\n".join(lines), flush=True)
        _quiet(folder)
        if open_browser:
            webbrowser.open(link)

    server.io_loop.add_callback(announce)
    _warm_up()
    server.start()


def environment(folder: Path) -> dict[str, str]:
    """Return what to add to the environment of the server and its kernels: our template and settings."""
    kept = folder / workspace.KEPT
    added = {"JUPYTER_PATH": HERE / "jupyter", "JUPYTER_CONFIG_PATH": HERE / "jupyter" / "config"}
    before = {name: [p for p in os.environ.get(name, "").split(os.pathsep) if p] for name in added}
    return {
        **{
            name: os.pathsep.join([str(path), *(p for p in before[name] if p != str(path))])
            for name, path in added.items()
        },
        "JUPYTER_CONFIG_DIR": str(kept / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(kept / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(kept / "jupyter" / "lab" / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(kept / "jupyter" / "lab" / "workspaces"),
        "ACADEMY_HOME": str(folder),
    }


def settings(folder: Path, port: int) -> dict[str, dict[str, Any]]:
    """Return the whole configuration of the server, as traitlets' classes and their values."""
    from course.portal import apps, extension

    return {
        "Application": {"log_level": "ERROR"},
        "ServerApp": {
            "ip": LOOPBACK,
            "port": port,
            "port_retries": 0,
            "root_dir": str(folder),
            "default_url": "/academy/",
            "open_browser": False,
            "answer_yes": True,
            "allow_remote_access": False,
            "allow_root": True,  # loopback only, one person: a container's root is that person
            "terminals_enabled": False,
            "cookie_secret": workspace.cookie_secret(folder),
            "contents_manager_class": "jupytext.TextFileContentsManager",
            "tornado_settings": {"headers": {"Content-Security-Policy": LAB_POLICY}},
            "jpserver_extensions": {
                "course.portal.extension": True,
                "voila.server_extension": True,
                "jupyterlab": True,
                "jupytext": True,
                "jupyter_lsp": False,
                "jupyter_server_terminals": False,
                "nbgrader.server_extensions.formgrader": False,
                "nbgrader.server_extensions.validate_assignment": False,
                "nbgrader.server_extensions.assignment_list": False,
                "nbgrader.server_extensions.course_list": False,
                "notebook": False,
                "notebook_shim": False,
            },
        },
        "IdentityProvider": {
            "token": workspace.key(folder),
            "cookie_name": "academy",
            "cookie_options": {"expires_days": KEPT_DAYS, "samesite": "Lax"},
            "get_secure_cookie_kwargs": {"max_age_days": KEPT_DAYS},
        },
        "PasswordIdentityProvider": {"login_handler_class": extension.SignInHandler},
        "MappingKernelManager": {
            "cull_idle_timeout": IDLE_KERNEL_SECONDS,
            "cull_interval": LOOK_FOR_IDLE_SECONDS,
            "cull_connected": True,
        },
        **warm_kernels(),
        "ZMQChannelsWebsocketConnection": {"limit_rate": False},
        "LabApp": {"news_url": None, "extension_manager": "readonly", "expose_app_in_browser": False},
        "VoilaConfiguration": {
            "template": extension.TEMPLATE,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_language_mapping": {".md": "python"},
            "show_tracebacks": True,  # the template shows our sentence instead
            "http_keep_alive_timeout": 24 * 3600,
            "prelaunch_hook": extension.make_ready,
        },
        "VoilaExecutor": {"allow_errors": True},
        "VoilaExporter": {"markdown_renderer_class": extension.MarkdownRenderer, "filters": apps.FILTERS},
    }


def warm_kernels() -> dict[str, dict[str, Any]]:
    """Return the settings by which every Python kernel is a fork; none where this machine cannot fork.

    A visitor never waits for the forks' parent: until it is there, kernels start the ordinary way.
    """
    if client.can_fork():
        return {}
    return {
        "KernelProvisionerFactory": {"default_provisioner_name": PROVISIONER},
        "WarmProvisioner": {"modules": list(preloaded()), "patient": False},
    }


def preloaded() -> tuple[str, ...]:
    """Return what a fork finds done: what notebooks import anyhow, questions, explorers, one chart drawn."""
    explorers = sorted((HERE.parent / "explorers").glob("[!_]*.py"))
    ours = (f"course.explorers.{path.stem}" for path in explorers)
    return (*client.MODULES, "course.questions", "course.explorers", *ours, "course.grading.rehearsal:run")


def _warm_up() -> None:
    with contextlib.suppress(client.WarmError):
        client.at_once(preloaded())


def _as_config(given: dict[str, dict[str, Any]]) -> Any:
    from traitlets.config import Config

    return Config(given)


def _free_port(wanted: int, address: str = LOOPBACK) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except (OSError, OverflowError):
                continue
            return port
    raise InputError(
        f"No port from {wanted} to {wanted + PORTS_TRIED - 1} is free. Choose another with --port."
    )


def _already(running: Path) -> str:
    try:
        link = json.loads(running.read_text(encoding="utf-8"))["link"]
    except (OSError, ValueError, KeyError):
        return (
            "The academy is starting already in another window. Wait a moment, then look there for its link."
        )
    return f"The academy is running already: open {link}. To start it anew, stop that one first."
