"""The built documentation: links that lead somewhere, and pages that read well in a browser.

``make check`` builds the pages and tells where they are; ``make look`` opens them in Chromium.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

BUILT = os.environ.get("MALLSYNC_DOCS", "")
PAGES = ("index", "quickstart", "why", "exactly_once", "architecture", "malls/rakuten", "files")
NOTEBOOKS = ("first_fetch", "a_days_work", "trying_a_rule_change")
WIDTHS = (1280, 390)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

pytestmark = pytest.mark.skipif(not BUILT, reason="the pages are not built: make check builds them")


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag links to, and what it is called."""
        told = dict(attrs)
        self.anchors.update(filter(None, (told.get("id"), told.get("name"))))
        link = told.get("href" if tag in ("a", "link") else "src")
        if link:
            self.links.append(link)


def pages() -> dict[Path, Page]:
    """Return every page by its path."""
    found = {}
    for path in sorted(Path(BUILT).rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        found[path.resolve()] = page
    return found


def test_every_link_within_the_pages_leads_somewhere() -> None:
    """To a file that is there, and to an anchor that it has."""
    found = pages()
    dead = []
    for path, page in found.items():
        for link in page.links:
            plain, anchor = urldefrag(link)
            if urlsplit(link).scheme or urlsplit(link).netloc:
                continue
            target = (path.parent / unquote(urlsplit(plain).path)).resolve() if plain else path
            known = found.get(target)
            if not target.exists() or (anchor and known and unquote(anchor) not in known.anchors):
                dead.append(f"{path.name}: {link}")

    assert len(found) > len(PAGES)
    assert [] == dead


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Pages can be read without a network, and tell nobody who reads them."""
    loaded = [
        f"{path.name}: {link}"
        for path in Path(BUILT).rglob("*.html")
        for link in _loads(path.read_text(encoding="utf-8"))
    ]

    assert [] == loaded


def _loads(text: str) -> Iterator[str]:
    class Loads(HTMLParser):
        found: list[str] = []  # noqa: RUF012 -- of this class alone

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = dict(attrs)
            is_style = tag == "link" and told.get("rel") == "stylesheet"
            link = told.get("href") if is_style else told.get("src")
            if link and urlsplit(link).netloc:
                self.found.append(link)

    reader = Loads()
    reader.feed(text)
    yield from reader.found


# ------------------------------------------------------------------------------------- in Chromium

in_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="Chromium and its driver are not installed",
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages and return where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=BUILT))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser that keeps what its console says."""
    from selenium import webdriver  # noqa: PLC0415 -- only where a browser is

    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    found = webdriver.Chrome(options=options, service=service)
    yield found
    found.quit()


@in_chromium
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_read_well_at_every_width(browser: Any, width: int) -> None:
    """Nothing sticks out to the side, and the console has nothing to say."""
    wide, said = [], []
    with served() as base:
        browser.set_window_size(width, 1000)
        browser.get_log("browser")  # what another test has left
        for name in (*PAGES, *(f"notebooks/{one}" for one in NOTEBOOKS)):
            browser.get(f"{base}/{name}.html")
            if browser.execute_script("return document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
            said += [one["message"] for one in browser.get_log("browser")]

    assert [] == wide
    assert [] == said


@in_chromium
@pytest.mark.parametrize("word", ["tracking", "出荷日"])
def test_the_search_finds_pages(browser: Any, word: str) -> None:
    """In both languages."""
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 -- only where Chromium is

    with served() as base:
        browser.get(f"{base}/search.html?q={word}")
        count = "return document.querySelectorAll('#search-results li').length"
        found = WebDriverWait(browser, 20).until(lambda one: one.execute_script(count))

    assert found > 0
