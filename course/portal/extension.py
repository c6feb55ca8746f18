"""The Jupyter server extension: the academy's pages under `/academy/`, and lessons as Voila apps there."""

import asyncio
import base64
import hmac
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tornado.web
import voila.handler
from jupyter_server.auth import User
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import ensure_async, url_path_join
from nbformat import NotebookNode
from voila.configuration import VoilaConfiguration
from voila.exporter import VoilaMarkdownRenderer
from voila.notebook_renderer import NotebookRenderer
from voila.paths import collect_template_paths
from voila.tornado.handler import TornadoVoilaHandler

from course.errors import InputError
from course.portal import (
    accessibility,
    apps,
    classroom,
    glossary,
    library,
    pages,
    reading,
    serving,
    workspace,
)
from course.portal.ready import ReadyLesson, ReadyLessons
from course.portal.static_files import manifest, served
from course.syllabus import Module, find, modules

TEMPLATE = "academy"


class MarkdownRenderer(VoilaMarkdownRenderer):
    """Voila's, without a link sign behind every heading."""

    def __init__(self, contents_manager: Any, *args: Any, **kwargs: Any):
        super().__init__(contents_manager, *args, exclude_anchor_links=True, **kwargs)


class AcademyHandler(JupyterHandler):
    """What all pages of the academy share: no other host, and plain words when something fails."""

    @property
    def content_security_policy(self) -> str:
        """Forbid every other host, code made from text, and inline scripts."""
        return content_security_policy(self.request.host)

    @property
    def folder(self) -> Path:
        """The learner's folder; in a classroom, that of whoever is signed in."""
        room = self.settings.get("academy_classroom")
        return workspace.home() if room is None else room.home(self.current_user.username)

    def show(self, html: str) -> None:
        """Send a page, and the cookie that lets its script end the kernel when it is left."""
        _ = self.xsrf_token
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(html)

    def plain(self, title: str, *lines: str, back: bool = True, ways: Sequence[tuple[str, str]] = ()) -> None:
        """Send a page that says one thing; `ways` on from there are names with addresses."""
        self.show(
            pages.render("plain.html.j2", self.base_url, title=title, lines=lines, back=back, ways=ways)
        )

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say it in a sentence."""
        if status_code == 404:
            self.plain("There is no such page", "The address may have been mistyped, or the page has moved.")
        else:
            self.plain(
                "That did not work",
                "Your answers are saved. Try again, and tell your trainer this code if it happens again: "
                f"page {status_code}.",
            )


def content_security_policy(host: str) -> str:
    """Return the policy of the academy's pages, for the address that the browser asked."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        ]
    )


class HomeHandler(AcademyHandler):
    """All modules."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the page."""
        self.show(pages.home_page(self.base_url, self.folder))


class LibraryHandler(AcademyHandler):
    """The exemplar library."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the cards, and which of them the query asks for."""
        asked = {name: self.get_query_argument(name, "") for name in self.request.query_arguments}
        self.show(library.library_page(self.base_url, self.folder, asked))


class GlossaryHandler(AcademyHandler):
    """The terms that lessons explain."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the page."""
        self.show(glossary.glossary_page(self.base_url))


class AboutHandler(AcademyHandler):
    """What the academy is, and where the learner's work is kept."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the page."""
        licences = f"{self.base_url}academy/static/{manifest()['LICENSES.txt']}"
        self.show(pages.render("about.html.j2", self.base_url, folder=self.folder, licences=licences))


class AccessibilityHandler(AcademyHandler):
    """The accessibility statement, open to everybody."""

    @allow_unauthenticated
    def get(self) -> None:
        """Show the page."""
        self.show(accessibility.accessibility_page(self.base_url))


class StartHandler(AcademyHandler):
    """The link that `academy serve` prints: it signs the learner in and stays good."""

    @allow_unauthenticated
    def get(self) -> None:
        """Set the cookie where the key is right."""
        key = self.get_argument("key", "")
        token = self.identity_provider.token
        if token and not hmac.compare_digest(key.encode(), token.encode()):
            sign_in(self)
            return
        self.identity_provider.set_login_cookie(self, User(username="learner", name="Learner"))
        self.redirect(f"{self.base_url}academy/")


class SignInHandler(AcademyHandler):
    """In place of Jupyter's token page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Say where the link is."""
        sign_in(self)


def sign_in(handler: AcademyHandler) -> None:
    """Tell a visitor without the cookie how to get in."""
    handler.set_status(403)
    handler.plain(
        "Open the academy with its link",
        "This browser is not signed in yet, or the link was not complete.",
        "Look at the window where you typed “academy serve”. Copy the whole link it printed; open it here. "
        "You need to do this once for each browser.",
        back=False,
    )


class CodeHandler(AcademyHandler):
    """A classroom's sign-in: one field, for a learner's code or a trainer's."""

    @property
    def room(self) -> classroom.Classroom:
        """The classroom."""
        room: classroom.Classroom = self.settings["academy_classroom"]
        return room

    def ask(self, problem: str = "", status: int = 200) -> None:
        """Show the page."""
        self.set_status(status)
        xsrf = self.xsrf_token.decode("ascii")
        self.show(classroom.sign_in_page(self.room, self.base_url, xsrf, self.wanted, problem))

    @property
    def wanted(self) -> str:
        """The page to go to afterwards: one of ours, or none."""
        asked = self.get_argument("next", "")
        ours = re.fullmatch(rf"{re.escape(self.base_url)}academy/[\w/?=&.-]*", asked) and ".." not in asked
        return asked if ours else ""

    @allow_unauthenticated
    def get(self) -> None:
        """Show the page."""
        self.ask()

    @allow_unauthenticated
    async def post(self) -> None:
        """Sign in by a code."""
        address = self.request.remote_ip or ""
        if not self.room.may_try(address):
            self.ask("Too many codes were tried from here. Wait ten minutes, then try again.", 429)
            return
        who = self.room.whose(self.get_body_argument("code", "")[:100])
        if not who:
            self.room.wrong(address)
            self.ask("That code is not right. Check each letter, or ask your trainer.", 403)
            return
        try:
            await asyncio.get_running_loop().run_in_executor(None, self.room.make_home, who)
        except InputError:
            self.ask("Your folder could not be opened. Tell your trainer.", 500)
            return
        self.set_signed_cookie(
            classroom.COOKIE,
            f"{who}|{self.room.mark(who)}",
            expires_days=classroom.SIGNED_IN_DAYS,
            path=self.base_url,
            httponly=True,
            samesite="Lax",
            secure=self.request.protocol == "https",
        )
        front = "trainer" if who == classroom.TRAINER else ""
        self.redirect(self.wanted or f"{self.base_url}academy/{front}")


class SignOutHandler(AcademyHandler):
    """A classroom's sign-out."""

    def get(self) -> None:
        """Forget who is signed in on this browser."""
        self.clear_cookie(classroom.COOKIE, path=self.base_url)
        self.redirect(f"{self.base_url}academy/sign-in")


class RefusedHandler(AcademyHandler):
    """What a classroom's gate gives in place of every handler that a person may not reach."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse: a page leads to the sign-in where nobody is signed in."""
        self.current_user = None
        room: classroom.Classroom = self.settings["academy_classroom"]
        page = self.request.path.startswith(f"{self.base_url}academy") and self.request.method == "GET"
        if page and not room.who(self.request):
            self.redirect(f"{self.base_url}academy/sign-in?next={self.request.path}")
            return
        self.set_status(403)
        self.plain("This page is not for you", "Nothing was opened. If you need it, ask your trainer.")


class GoHomeHandler(AcademyHandler):
    """In place of Jupyter's own front doors."""

    @tornado.web.authenticated
    def get(self, *_: str) -> None:
        """Go to the page."""
        self.redirect(f"{self.base_url}academy/")


class ManifestHandler(AcademyHandler):
    """The hashed names of the academy's scripts and styles, as JSON."""

    @allow_unauthenticated
    def get(self) -> None:
        """Send it."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(manifest())


class StaticHandler(AcademyHandler):
    """Scripts and styles, to be kept by the browser for ever."""

    @allow_unauthenticated
    def get(self, name: str) -> None:
        """Send one file, compressed where the browser takes that."""
        found = served(name)
        if found is None:
            raise tornado.web.HTTPError(404)
        kind, raw, compressed = found
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("X-Content-Type-Options", "nosniff")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(compressed)
        else:
            self.finish(raw)


class ReadingHandler(AcademyHandler):
    """A file of a classroom's reading edition."""

    @tornado.web.authenticated
    def get(self, name: str) -> None:
        """Send it; a page says why it is shown."""
        room: classroom.Classroom = self.settings["academy_classroom"]
        raw = reading.page(room.reading, name, url_path_join(self.base_url, "academy/"))
        if raw is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", reading.KINDS[Path(name).suffix])
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(raw)


class Renderer(NotebookRenderer):
    """Voila's, whose page ends where its kernel does not start: Voila's own would wait for ever."""

    async def generate_content_generator(self, *arguments: Any, **given: Any) -> Any:
        """Give the page piece by piece."""
        try:
            async for piece in super().generate_content_generator(*arguments, **given):
                yield piece
        except Exception:  # the page's script says that it could not be started, and offers to try again
            self.log.exception("A page ended early.")


voila.handler.NotebookRenderer = Renderer


class ReleasedNotebook:
    """What Voila asks of a contents manager, answered with the released file and not the learner's copy."""

    def __init__(self, path: Path):
        self.path = path

    def get(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return the notebook, or a picture that lies beside it."""
        if path.endswith(self.path.name):
            return {"type": "notebook", "path": path, "content": apps.notebook(self.path)}
        return {"content": base64.b64encode((self.path.parent / path).read_bytes()).decode()}

    def file_exists(self, path: str) -> bool:
        """Tell whether a picture lies beside the notebook."""
        beside = (self.path.parent / path).resolve()
        return beside.is_relative_to(self.path.parent.resolve()) and beside.is_file()


class AppHandler(AcademyHandler, TornadoVoilaHandler):
    """A lesson or an exercise, run by Voila in the learner's own folder."""

    module: Module
    kind: str

    @property
    def contents_manager(self) -> Any:
        """The released notebook only."""
        return ReleasedNotebook(getattr(self.module, self.kind))

    @tornado.web.authenticated
    async def get(self, kind: str, name: str) -> None:  # type: ignore[override]
        """Stream the page while the notebook runs."""
        module = find(name)
        if module is None:
            raise tornado.web.HTTPError(404)
        self.module, self.kind = module, kind
        released: Path = getattr(module, kind)
        if not released.exists():
            self.set_status(404)
            self.plain(f"{module.title}: coming", f"The {kind} of module {module.number} is not written yet.")
            return
        room: classroom.Classroom | None = self.settings.get("academy_classroom")
        kernels: Any = self.kernel_manager
        if room is not None and kernels.full_for(self.current_user.username):
            self.full(room)
            return
        _ = self.xsrf_token
        workspace.note_opened(self.folder, f"{kind}/{module.id}")
        folder = self.folder / ("lessons" if kind == "lesson" else "exercises") / module.folder
        folder.mkdir(parents=True, exist_ok=True)
        path = (folder / released.name).relative_to(self.kernel_manager.root_dir)
        lesson = self.lessons.get(module) if kind == "lesson" else None
        if lesson is not None:
            await self.send_ready(lesson, path.parent.as_posix())
        else:
            async for html in self.get_generator(path=path.as_posix()):
                self.write(html)
                self.flush()
        if kind == "lesson":
            self.lessons.prepare(modules()[module.number : module.number + 1])

    def full(self, room: classroom.Classroom) -> None:
        """Lead to a lesson's reading version; say so for an exercise, whose figures are the learner's own."""
        name = f"{self.kind}/{self.module.id}.html"
        version = url_path_join(self.base_url, "academy", "reading", name)
        kept = reading.page(room.reading, name, "") is not None
        if kept and self.kind == "lesson":
            self.redirect(version)
            return
        self.set_status(503)
        self.set_header("Retry-After", "60")
        more = "Meanwhile you can practise: the figures there are not yours, and nothing is kept."
        ways = [("Try again", self.request.path), *([("Practise", version)] if kept else [])]
        self.plain(
            "The academy is full at the moment",
            f"{room.most_pages} pages are open, and there is no room for one more. Your answers are saved.",
            "Try again in a few minutes. Pages that nobody uses are closed by themselves.",
            *([more] if kept else []),
            ways=ways,
        )

    def on_finish(self) -> None:
        """Forget kernels that could not be started: for such a one the server would wait when it stops."""
        pending: dict[str, Any] = self.kernel_manager._pending_kernels
        for id, task in list(pending.items()):
            if task.done() and id not in self.kernel_manager:
                del pending[id]
        super().on_finish()

    @property
    def lessons(self) -> ReadyLessons:
        """The lessons that have been run beforehand."""
        kept: ReadyLessons = self.settings["academy_ready"]
        return kept

    async def send_ready(self, lesson: ReadyLesson, folder: str) -> None:
        """Send the page of a lesson that has run, then the id of a kernel that goes on from there."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write(lesson.page)
        self.flush()
        try:
            start: Any = self.kernel_manager.start_kernel
            kernel = await ensure_async(
                start(kernel_name="python3", path=folder, env=dict(os.environ), ran=lesson.parent)
            )
        except Exception:  # the page's script says that it could not be started, and offers to try again
            self.log.exception("A lesson that had run could not go on.")
            self.lessons.drop(lesson)
            return
        if self.request.connection is None or self.request.connection.stream.closed():  # type: ignore[attr-defined]
            await ensure_async(self.kernel_manager.shutdown_kernel(kernel, now=True))
            return
        self.finish(lesson.end(kernel))


def first_lesson() -> list[Module]:
    """Return the lesson that the page of all modules offers this computer's learner, if it offers one."""
    step = pages.next_step([pages.standing(module, workspace.home()) for module in modules()])
    return [step["module"]] if step and step["kind"] == "lesson" else []


def make_ready(handler: Any, notebook: NotebookNode, cwd: str) -> NotebookNode:
    """Prepare any notebook for the template; Voila calls this before a kernel is started."""
    urls = pages.urls(handler.base_url)
    if isinstance(handler, AppHandler):
        return apps.lesson_page(notebook, handler.module, handler.kind, urls)
    name = Path(handler.request.path).stem.replace("-", " ").replace("_", " ").capitalize()
    return apps.plain_page(notebook, name, urls)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "course.portal.extension"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    app = server.web_app
    base = app.settings["base_url"]
    voila = {
        "config": server.config,
        "template_paths": collect_template_paths(["voila", "nbconvert"], TEMPLATE),
        "voila_configuration": VoilaConfiguration(parent=server),
    }
    room: classroom.Classroom | None = app.settings.get("academy_classroom")
    lessons = ReadyLessons(base, serving.preloaded(), server.config, TEMPLATE)
    app.settings["academy_ready"] = lessons
    lessons.prepare(modules() if room else first_lesson())
    of_a_room: list[tuple[Any, ...]] = [
        (r"/academy/sign-in", CodeHandler),
        (r"/academy/sign-out", SignOutHandler),
        (r"/academy/reading/(.*)", ReadingHandler),
    ]
    from course.portal import (  # their pages are built on the handlers above
        joint,
        joint_day,
        learner,
        trainer,
    )

    routes: list[tuple[Any, ...]] = [
        *(of_a_room if room else ()),
        *joint_day.ROUTES,
        *joint.ROUTES,
        *trainer.ROUTES,
        *learner.ROUTES,
        (r"/academy/?", HomeHandler),
        (r"/academy/library", LibraryHandler),
        (r"/academy/glossary", GlossaryHandler),
        (r"/academy/about", AboutHandler),
        (r"/academy/accessibility", AccessibilityHandler),
        (r"/academy/start", StartHandler),
        (r"/academy/static/manifest\.json", ManifestHandler),
        (r"/academy/static/([^/]+)", StaticHandler),
        (r"/academy/(lesson|exercise)/([^/]+)", AppHandler, voila),
        (r"/academy/.*", MissingHandler),
        (r"/tree(?:/.*)?", GoHomeHandler),
        (r"/voila/?", GoHomeHandler),
        (r"/voila/tree(?:/.*)?", GoHomeHandler),
    ]
    app.add_handlers(".*$", [(url_path_join(base, path), *rest) for path, *rest in routes])
    if room:
        app.find_handler = classroom.Gate(app, room).find_handler  # type: ignore[method-assign]


class MissingHandler(AcademyHandler):
    """An address under `/academy/` that is none of the above."""

    @allow_unauthenticated
    def get(self) -> None:
        """Say so."""
        raise tornado.web.HTTPError(404)
