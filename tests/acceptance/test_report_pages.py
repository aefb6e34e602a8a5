"""Does the page work in a real browser: accessible, translated, inside its width, silent towards the outside?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import assessment_builder as builder

from pelvicrt.report import to_html

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDTHS = (1440, 820, 390)
STATES = ("an_assessment", "one_option", "none_open", "blocked", "emergency", "palliative")
PAGES = [(state, lang) for state in STATES for lang in ("en", "zh")]
FULLEST = ("an_assessment", "emergency")
LOOKED_AT = [(state, lang, width) for state, lang in PAGES for width in (1440, 390) if state in FULLEST]
LOOKED_AT += [(state, lang, 1440 if lang == "en" else 390) for state, lang in PAGES if state not in FULLEST]
"""Pages for axe, which takes seconds each: the fullest in both languages at both widths, each other at two of the four."""
USUAL_LATIN = re.compile(
    r"pelvicrt|example-1|pelvis-liver-1|9f3a1c00aa11|UTC|CAPOX|TME|MRI|EMVI|MRF|LARS|ECOG|RAS|BRAF|CEA|DPYD|ASTRO|ESMO"
    r"|BED|EQD2|Gy|mm|cm|ng/mL|[pd]MMR|CRS|TBS|c?T3b|\bN[012]\b|\bM0\b|\bR0\b|\bV[123]\b|\b[A-L]\b"
)
VISIBLE_TEXT = """() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === 3) { found.push(node.textContent); return; }
    if (node.nodeType !== 1 || ['STYLE', 'SCRIPT'].includes(node.tagName.toUpperCase())) return;
    if (node !== document.body && node.getAttribute('lang') === 'en') return;
    for (const name of ['aria-label', 'title', 'data-l']) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return found.concat([document.title]);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[tuple[str, str], Path]:
    folder, library = tmp_path_factory.mktemp("report"), builder.a_library(follow_up_months=48)
    made = {}
    for state, lang in PAGES:
        path = folder / f"{state}-{lang}.html"
        path.write_text(to_html(getattr(builder, state)(), lang, library=library), encoding="utf-8")
        made[state, lang] = path
    return made


def open_page(browser, path: Path, width: int, **options):
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    page.set_default_timeout(20_000)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize(("state", "lang", "width"), LOOKED_AT)
def test_axe_finds_nothing(browser, files, state: str, lang: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(browser, files[state, lang], width, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    page.close()
    assert [(item["id"], [node["html"][:120] for node in item["nodes"][:3]]) for item in found] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("state", "lang"), PAGES)
def test_nothing_scrolls_sideways(browser, files, state: str, lang: str, width: int) -> None:
    page = open_page(browser, files[state, lang], width)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert excess == 0


@pytest.mark.parametrize(("state", "lang"), PAGES)
def test_the_page_loads_alone_and_without_a_complaint(browser, files, state: str, lang: str) -> None:
    page = browser.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[state, lang].as_uri())
    page.close()
    assert (said, asked) == ([], [files[state, lang].as_uri()])


@pytest.mark.parametrize("state", STATES)
def test_no_latin_word_is_left_on_the_chinese_page(browser, files, state: str) -> None:
    page = open_page(browser, files[state, "zh"], 1440)
    texts = page.evaluate(VISIBLE_TEXT)
    page.close()
    left = [text.strip() for text in texts if re.search(r"[A-Za-z]{2,}", USUAL_LATIN.sub("", text))]
    assert left == []


def test_the_answer_and_its_classes_are_seen_without_scrolling(browser, files) -> None:
    page = open_page(browser, files["an_assessment", "en"], 1440)
    bottom = page.evaluate("document.querySelector('.chips').getBoundingClientRect().bottom")
    page.close()
    assert bottom <= 900


def test_the_comparison_is_folded_in_an_emergency(browser, files) -> None:
    page = open_page(browser, files["emergency", "en"], 1440)
    visible = page.locator("#options").is_visible()
    page.close()
    assert not visible


def test_the_language_of_the_page_is_named(browser, files) -> None:
    page = open_page(browser, files["an_assessment", "zh"], 1440)
    lang = page.evaluate("document.documentElement.lang")
    page.close()
    assert lang == "zh-Hans"
