"""The page in a real browser: each control changes the picture as it should, and the console stays empty."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("selenium", reason="the page is tried in a browser with selenium: pip install selenium")

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

import gancli
from gancli.sampling.images import plane, to_pixels
from tests.explore import browser
from tests.explore.browser import Page, until
from tests.explore.explored import OPTIONS, pixels, words_of
from tests.explore.served import served

pytestmark = pytest.mark.skipif(
    not (browser.CHROMIUM and browser.DRIVER),
    reason="no Chromium with its driver is here: apt-get install chromium chromium-driver",
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the browser saves files into."""
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def driver(saved: Path) -> Iterator[webdriver.Chrome]:
    with browser.opened(saved) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(steps_run: Path) -> Iterator[str]:
    with served(steps_run) as address:
        yield address


@pytest.fixture
def page(driver: webdriver.Chrome, address: str) -> Iterator[Page]:
    page = Page(driver, address)
    page.shows("#grid canvas", drawn_by(n=40))
    yield page
    assert page.errors() == []


COPIED = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
NOISES = ["0", "0:1", "0:20"]
run = Path()  # of the module's server


@pytest.fixture(scope="module", autouse=True)
def _run(steps_run: Path) -> None:
    global run
    run = steps_run


def drawn_by(step: int = 3, n: int = 40, **settings: Any) -> np.ndarray:
    return gancli.load(run / "checkpoints" / f"step-{step:07d}.safetensors").sample(n, **settings).pixels


def walked(stops: list[tuple[str, int]], steps: int, *, step: int = 3, loop: bool = False) -> np.ndarray:
    generator = gancli.load(run / "checkpoints" / f"step-{step:07d}.safetensors")
    seeds, labels = [noise for noise, _ in stops], [label for _, label in stops]
    return np.concatenate([to_pixels(block) for block in generator.walk(seeds, labels, steps, loop=loop)])


def test_seed_number_class_and_training(page: Page) -> None:
    page.set("#seed", 7)
    page.shows("#grid canvas", drawn_by(seed=7))
    page.set("#n", 12)
    page.shows("#grid canvas", drawn_by(n=12, seed=7))
    page.set("#class", "3")
    page.shows("#grid canvas", drawn_by(n=12, seed=7, labels=3))
    page["#checkpoint"].send_keys(Keys.ARROW_LEFT)
    page.shows("#grid canvas", drawn_by(2, n=12, seed=7, labels=3))
    assert page["#checkpoint-text"].text == "step 2"
    page["#checkpoint"].send_keys(Keys.HOME)
    page.shows("#grid canvas", drawn_by(1, n=12, seed=7, labels=3))
    page["#new-seed"].click()
    page.shows("#grid canvas", drawn_by(1, n=12, seed=int(page["#seed"].get_property("value")), labels=3))


def test_a_slider_that_is_moved_fast_ends_at_the_last_picture(page: Page) -> None:
    for place in [0, 1, 2] * 30 + [1]:
        page.set("#checkpoint", place)
    page.shows("#grid canvas", drawn_by(2))
    for seed in range(1, 60):
        page.set("#seed", seed)
    page.shows("#grid canvas", drawn_by(2, seed=59))


def test_what_makes_no_sense_changes_nothing(page: Page) -> None:
    for selector, wrong in {"#seed": "-1", "#n": "0", "#n ": "100000"}.items():
        page.set(selector, wrong)
    page.set("#seed", 2)
    page.shows("#grid canvas", drawn_by(seed=2))


def test_pinned_pictures_and_the_walk_between_them(page: Page) -> None:
    tiles = page.all(".tile")
    tiles[3].click()
    assert tiles[3].get_attribute("aria-pressed") == "true"
    page.shows("#pins canvas", walked([("0:3", 3)] * 2, 2)[:1])
    assert not page["#walk"].is_displayed()
    tiles[18].click()
    stops = [("0:3", 3), ("0:18", 8)]
    page.shows("#pins canvas", walked(stops, 2))
    page.shows("#walk-picture", walked(stops, 24)[:1])
    page["#walk-place"].send_keys(Keys.ARROW_RIGHT)
    page.shows("#walk-picture", walked(stops, 24)[1:2])
    page.set("#walk-steps", 5)
    page.set("#walk-place", 3)
    page.shows("#walk-picture", walked(stops, 5)[3:4])
    page.set("#walk-loop", True)
    until(lambda: page["#walk-place"].get_property("max") == "7", page.errors)
    page.set("#walk-place", 6)
    page.shows("#walk-picture", walked(stops, 5, loop=True)[6:7])
    page.set("#pins select", "5")
    stops = [("0:3", 5), ("0:18", 8)]
    page.shows("#walk-picture", walked(stops, 5, loop=True)[6:7])
    page["#checkpoint"].send_keys(Keys.HOME)
    page.shows("#walk-picture", walked(stops, 5, step=1, loop=True)[6:7])
    page.shows("#pins canvas", walked(stops, 2, step=1))
    page["#pins button"].click()
    page.shows("#pins canvas", walked([("0:18", 8)] * 2, 2, step=1)[:1])
    assert not page["#walk"].is_displayed()


def test_a_walk_is_played(page: Page) -> None:
    for index in (0, 11):
        page.all(".tile")[index].click()
    page.shows("#walk-picture", walked([("0", 0), ("0:11", 1)], 24)[:1])
    page["#walk-play"].click()
    until(lambda: int(page["#walk-place"].get_property("value")) > 3, lambda: "it does not play")
    assert page["#walk-play"].text == "Pause"
    page["#walk-play"].click()
    place = int(page["#walk-place"].get_property("value"))
    page.shows("#walk-picture", walked([("0", 0), ("0:11", 1)], 24)[place : place + 1])


def test_arithmetic(page: Page) -> None:
    for index in (1, 12, 23):
        page.all(".tile")[index].click()
    page.shows("#sum-strip canvas", walked([("0:1", 1), ("0:1-0:12+0:23", 1)], 8))
    page.set("#sum-a", "1")
    page.set("#sum-b", "0")
    page.shows("#sum-strip canvas", walked([("0:12", 2), ("0:12-0:1+0:23", 2)], 8))
    page["#sum-pin"].click()
    stops = [("0:1", 1), ("0:12", 2), ("0:23", 3), ("0:12-0:1+0:23", 2)]
    page.shows("#pins canvas", walked(stops, 2))
    page.set("#sum-b", "3")  # what was subtracted is now added
    page.shows("#sum-strip canvas", walked([("0:12", 2), ("0:12-0:12+0:1-0:23+0:23", 2)], 8))


def test_saving_and_copying(page: Page, gan: Callable[..., Any], saved: Path) -> None:
    for index in (4, 15):
        page.all(".tile")[index].click()
    page.set("#walk-steps", 4)
    page.shows("#walk-picture", walked([("0:4", 4), ("0:15", 5)], 4)[:1])
    until(lambda: "--steps 4" in page["#walk-take code"].text, page.errors)
    for part, name, forms in (("samples", "samples-seed-0", ["png"]), ("walk", "walk", ["png", "gif", "webp"])):
        command = page[f"#{part}-take code"].text
        words = words_of(command)
        for place, form in enumerate(forms):
            page.all(f"#{part}-take .row button")[place].click()
            file = saved / f"{name}.{form}"
            until(file.exists, page.errors)
            assert gan(*words, "--out", f"made.{form}", "--force").exit_code == 0
            made = Path(f"made.{form}").read_bytes()
            until(lambda file=file, made=made: file.read_bytes() == made, lambda: "another file was saved")
        page[f"#{part}-take .command button"].click()
        until(lambda command=command: page.driver.execute_async_script(COPIED) == command, lambda: "not copied")


def test_by_keyboard_alone(page: Page) -> None:
    page.driver.execute_script("document.querySelector('.tile').focus()")
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ENTER):
        page.driver.switch_to.active_element.send_keys(key)
    page.shows("#pins canvas", walked([("0:11", 1)] * 2, 2)[:1])
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_UP)
    page.driver.switch_to.active_element.send_keys(Keys.SPACE)
    page.shows("#pins canvas", walked([("0:11", 1), ("0:1", 1)], 2))
    reached = set()
    page.driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(60):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(page.driver.switch_to.active_element.get_attribute("id"))
    controls = {"seed", "new-seed", "class", "n", "checkpoint", "walk-place", "walk-play", "walk-steps", "walk-loop"}
    assert controls <= reached


def test_every_control_has_a_name_and_a_change_is_read_aloud(page: Page) -> None:
    for index in (0, 1, 2):
        page.all(".tile")[index].click()
    page.shows("#pins canvas", walked([("0", 0), ("0:1", 1), ("0:2", 2)], 2))
    for control in page.all("input, select, button, canvas[role], [role=group]"):
        assert not control.is_displayed() or control.accessible_name, control.get_attribute("outerHTML")
    assert page["#status"].get_attribute("aria-live") == "polite"
    page.set("#seed", 5)
    until(lambda: "samples of seed 5" in (page["#status"].get_property("textContent") or ""), page.errors)


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    for index in (0, 1, 2):
        page.all(".tile")[index].click()
    page.shows("#sum-strip canvas", walked([("0", 0), ("0-0:1+0:2", 0)], 8))
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_dark_room(page: Page) -> None:
    lightness = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    for scheme, is_right in (("dark", lambda colour: max(colour) < 60), ("light", lambda colour: min(colour) > 200)):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        assert is_right(page.driver.execute_script(lightness)[:3])


def test_small_pictures_are_enlarged_without_blur(page: Page) -> None:
    rendering = "return getComputedStyle(document.querySelector('.tile canvas')).imageRendering"
    assert page.driver.execute_script(rendering) == "pixelated"


def test_options(driver: webdriver.Chrome, tunable_run: Path, tmp_path: Path) -> None:
    generator = gancli.load(tunable_run)
    ways: dict[str, Callable[[Page, Any], None]] = {
        "offsets": lambda page, value: page.set("#option-offsets", str(value)),
        "mirrored": lambda page, value: page.set("#option-mirrored", f'"{value}"'),
    }
    with served(tunable_run, path=str(tmp_path / "site")) as address:
        for name, value in OPTIONS:
            page = Page(driver, address)
            page.shows("#grid canvas", generator.sample(40).pixels)
            ways.get(name, lambda page, value, name=name: page.set(f"#option-{name}", value))(page, value)
            page.shows("#grid canvas", generator.sample(40, **{name: value}).pixels)
        page = Page(driver, address)
        page.set("[data-option=gain] input[type=range]", 0.25)
        page.shows("#grid canvas", generator.sample(40, gain=0.25).pixels)
        page.set("#option-limit", 0.5)
        page.shows("#grid canvas", generator.sample(40, gain=0.25, limit=0.5).pixels)
        page.set("#option-limit", "")
        page.shows("#grid canvas", generator.sample(40, gain=0.25).pixels)
        assert page.errors() == []
        page.set("#option-gain", 7)
        until(lambda: "gain" in page["#error"].text, lambda: "no error is shown")
        page.set("#option-gain", 1)
        page.shows("#grid canvas", generator.sample(40).pixels)
        until(lambda: not page["#error"].is_displayed(), lambda: "the error stays")


def test_translation(
    driver: webdriver.Chrome,
    saved: Path,
    translator: Callable[..., Path],
    picture: Callable[..., Path],
    tmp_path: Path,
) -> None:
    run = translator("model=both-ways", "dataset.paired=false")
    generator = gancli.load(run)
    first, second = (picture(name, seed, "RGB", (30, 40)).resolve() for seed, name in enumerate(("a.png", "b.png")))
    with served(run, path=str(tmp_path / "site")) as address:
        page = Page(driver, address)
        assert not page["#samples"].is_displayed()
        page["#file"].send_keys(str(first))
        page.shows("#translated", generator.translate(first).pixels)
        assert page.pixels("#source").shape == (1, 16, 16, 3)
        page.set("#option-direction", '"BtoA"')
        page.shows("#translated", generator.translate(first, direction="BtoA").pixels)
        page.set("#option-gain", 0.5)
        page.shows("#translated", generator.translate(first, direction="BtoA", gain=0.5).pixels)
        drop = """
        const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], "b.png", {type: "image/png"}));
        document.getElementById("drop").dispatchEvent(new DragEvent("drop", {bubbles: true, dataTransfer: transfer}));
        """
        from tests.explore.explored import encoded

        page.driver.execute_script(drop, encoded(second))
        page.shows("#translated", generator.translate(second, direction="BtoA", gain=0.5).pixels)
        assert page.errors() == []
        Path("no picture.png").write_text("text")
        page["#file"].send_keys(str(Path("no picture.png").resolve()))
        until(lambda: "no picture.png: is none of PNG" in page["#error"].text, lambda: "no error is shown")
        page["#translation-take .row button"].click()  # saves what is shown, and not what could not be read
        until(lambda: (saved / "translation.png").exists(), page.errors)
        kept = np.asarray(Image.open(saved / "translation.png").convert("RGB"))
        assert np.array_equal(kept, page.pixels("#translated")[0])


def test_a_training_that_goes_on(driver: webdriver.Chrome, steps_run: Path) -> None:
    """When the reader comes back to the page, the time line has what was saved, and not what was pruned."""
    shutil.copytree(steps_run, "copy")
    folder = Path("copy/checkpoints")
    last = (folder / "step-0000003.safetensors").rename("kept.safetensors")
    with served(Path("copy")) as address:
        page = Page(driver, address)
        page.shows("#grid canvas", drawn_by(2))
        last.rename(folder / "step-0000003.safetensors")
        (folder / "step-0000001.safetensors").unlink()
        (folder / "step-0000002.safetensors").unlink()
        page.driver.execute_script("window.dispatchEvent(new Event('focus'))")
        page.shows("#grid canvas", drawn_by(3))
        assert not page["#timeline"].is_displayed()
        assert page.errors() == []


def test_points_are_pinned_and_walked_between(driver: webdriver.Chrome, points_run: Path) -> None:
    with served(points_run) as address:
        page = Page(driver, address)
        page.set("#n", 50)
        until(lambda: "50 samples" in page["#status"].get_property("textContent"), page.errors)
        plot = page.pixels("#grid canvas")
        for _ in range(2):
            page["#grid canvas"].send_keys(Keys.ENTER)
        until(lambda: page["#walk"].is_displayed() and page["#walk-take"].text != "", page.errors)
        until(lambda: (page.pixels("#grid canvas") != plot).any(), page.errors)  # there are letters
        until(lambda: len(np.unique(page.pixels("#walk-picture"))) > 3, page.errors)
        start = page.pixels("#walk-picture")
        page.set("#walk-place", 23)
        until(lambda: (page.pixels("#walk-picture") != start).any(), page.errors)
        xy, extent = plane(gancli.load(points_run).sample(50).tensor)
        half = page["#grid canvas"].size["width"] / 2
        right, up = (half * xy[20] / extent).round().astype(int).tolist()
        ActionChains(driver).move_to_element_with_offset(page["#grid canvas"], right, -up).click().perform()
        until(lambda: len(page.all("#pins canvas")) == 3 and page["#sum"].is_displayed(), page.errors)
        assert [item.get_attribute("title") for item in page.all("#pins > li")] == [
            f"noise {noise}" for noise in NOISES
        ]
        for left in (2, 1, 0):
            page["#pins button"].send_keys(Keys.ENTER)  # the page moves up, and a click may miss
            until(lambda left=left: len(page.all("#pins li")) == left, page.errors)
        assert (page.pixels("#grid canvas") == plot).all()
        assert page.errors() == []


def test_points_and_a_server_that_has_ended(
    driver: webdriver.Chrome, points_run: Path, gan: Callable[..., Any]
) -> None:
    with served(points_run) as address:
        page = Page(driver, address)
        assert gan("sample", points_run, "--n", 2500, "--out", "x.png").exit_code == 0
        page.shows("#grid canvas", pixels(Path("x.png").read_bytes())[None])
        page.set("#n", 100)
        page.set("#seed", 4)
        assert gan("sample", points_run, "--n", 100, "--seed", 4, "--out", "y.png").exit_code == 0
        page.shows("#grid canvas", pixels(Path("y.png").read_bytes())[None])
        assert page.errors() == []
    page.set("#seed", 5)
    until(lambda: "was it ended?" in page["#error"].text, lambda: "nothing is said")
