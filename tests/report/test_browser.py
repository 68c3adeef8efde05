"""The page in a browser: nothing fails, the slider moves the picture, and nothing but its own script can run."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli.report.report import report
from tests.report.conftest import RECIPE, lines

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium with its driver is here: apt-get install chromium chromium-driver"
)

Browser = Any
INJECTED = (
    '<script>window.hacked = 1</script><img src="x" onerror="window.hacked = 2"><style>body { color: red }</style>'
    '<p id="styled" style="color: red">x</p><iframe srcdoc="<script>parent.hacked = 3</script>"></iframe>'
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


def shown(browser: Browser, html: str) -> list[str]:
    """Open a page; returns what the browser says on its console."""
    path = Path("x.html").absolute()
    path.write_text(html)
    browser.get(path.as_uri())
    return [entry["message"] for entry in browser.get_log("browser")]


def visible(browser: Browser) -> list[str]:
    """The texts of the pictures that are seen."""
    script = "return [...document.querySelectorAll('.film img')].filter(i => i.checkVisibility()).map(i => i.alt)"
    found: list[str] = browser.execute_script(script)
    return found


def test_the_slider_and_the_keys_move_the_picture(browser: Browser, made: Callable[..., Path]) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    assert shown(browser, report({"run": made("run", lines(60), pictures=4)})) == []
    assert visible(browser) == ["samples of run at step 40"]
    slider = browser.find_element(By.CSS_SELECTOR, "input[type=range]")
    slider.send_keys(Keys.ARROW_LEFT)
    assert visible(browser) == ["samples of run at step 30"]
    slider.send_keys(Keys.HOME)
    assert visible(browser) == ["samples of run at step 10"]
    assert slider.get_attribute("aria-valuetext") == "step 10"
    assert browser.execute_script("return document.querySelector('.film figure.on img').naturalWidth") == 16


def test_a_chart_says_the_values_of_the_history(browser: Browser, made: Callable[..., Path]) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    history = lines(20)
    assert shown(browser, report({"run": made("run", history)})) == []
    chart = browser.find_element(By.CSS_SELECTOR, ".chart > svg")
    chart.send_keys(Keys.HOME)
    said = browser.find_element(By.CSS_SELECTOR, ".chart .at").text
    first = history[0]
    assert said == f"step 10: discriminator {first['discriminator']:.5g}, generator {first['generator']:.5g}"
    chart.send_keys(Keys.ARROW_RIGHT)
    assert browser.find_element(By.CSS_SELECTOR, ".chart .at").text.startswith("step 20: ")
    browser.execute_script(
        "const s = arguments[0], b = s.getBoundingClientRect();"
        "s.dispatchEvent(new PointerEvent('pointermove', {clientX: b.right - 12 * b.width / 720, clientY: b.top + 9}))",
        chart,
    )
    assert browser.find_element(By.CSS_SELECTOR, ".chart .at").text.startswith("step 200: ")


def test_what_is_printed_is_a_row_of_pictures_and_all_that_is_folded(
    browser: Browser, made: Callable[..., Path]
) -> None:
    shown(browser, report({"run": made("run", lines(60), pictures=12)}))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")
        steps = [10, 30, 40, 60, 70, 90, 100, 120]
        assert visible(browser) == [f"samples of run at step {step}" for step in steps]
        assert not browser.execute_script("return document.querySelector('.scrub').checkVisibility()")
        assert browser.execute_script("return document.querySelector('pre').checkVisibility()")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_its_script_the_pictures_stand_in_a_row(browser: Browser, made: Callable[..., Path]) -> None:
    html = report({"run": made("run", lines(5), pictures=3)}).replace('"use strict";', '"use strict"; // changed')
    assert any("Content Security Policy" in message for message in shown(browser, html))
    assert len(visible(browser)) == 3


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(browser: Browser, made: Callable[..., Path], width: int) -> None:
    long = RECIPE | {"dataset": {"name": "folder", "root": "/a" * 200}}
    places = {name: made(name, lines(60), pictures=2, recipe=long) for name in ("run" * 30, "other")}
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        for html in (report(places), report({"run": places["other"]})):
            shown(browser, html)
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
            assert browser.execute_script("return innerWidth") == width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_nothing_runs_even_if_a_text_were_not_escaped(browser: Browser, made: Callable[..., Path]) -> None:
    """The policy of the page holds what escaping would have let through."""
    html = report({"run": made("run", lines(60), pictures=4)})
    assert html.count("</main>") == 1
    messages = shown(browser, html.replace("</main>", f"{INJECTED}</main>"))
    assert len([message for message in messages if "Content Security Policy" in message]) >= 4
    assert browser.execute_script("return window.hacked") is None
    styled = "const f = e => getComputedStyle(document.querySelector(e)).color; return f('#styled') == f('h1')"
    assert browser.execute_script(styled)
    assert visible(browser) == ["samples of run at step 40"]  # its own script runs


def test_hostile_words_do_nothing(browser: Browser, made: Callable[..., Path]) -> None:
    history = [*lines(30), {"step": 300, "warning": INJECTED}, {"step": 300, f'"{INJECTED}': 1.0}]
    recipe = RECIPE | {"dataset": {"name": "folder", "root": INJECTED}, f"x{INJECTED}": 1}
    assert shown(browser, report({f"run {INJECTED}": made("run", history, recipe=recipe)})) == []
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script("return document.querySelectorAll('script, iframe, img').length") == 1
