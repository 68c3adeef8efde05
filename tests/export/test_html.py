"""The page, in a real browser: it draws the pixels of ``gan sample``, from the same seeds, with no network."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest
from PIL import Image

import gancli
from gancli.sampling.images import to_pixels
from gancli.sampling.options import parse
from tests.export.trained import CASES, Case, saved

selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not here: pip install -e '.[dev]'")
Install = Callable[..., None]
Browser = Any

BY_NAME = {case.name: case for case in CASES}
PAGES = ("paper_mnist", "mnist_cgan_mlp", "mnist_cgan", "emoji_quick", "cifar10_r3gan", "fashion_biggan")
PAGES += ("emoji_stylegan2",)
DRAW = """
const [start, end, along, done] = arguments;
draw({ start, end, along }).then(
  (picture) => done([picture.width, picture.height, Array.from(picture.data)]), (error) => done(String(error)));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a network."""
    programs = [which("chromedriver"), which("chromium") or which("google-chrome") or which("chromium-browser")]
    if None in programs:
        pytest.skip("no browser is here: apt-get install chromium chromium-driver")
    options = selenium.ChromeOptions()
    options.binary_location = programs[1]
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--window-size=800,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(programs[0]))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., gancli.Generator]:
    """``opened(case)`` exports a page and opens it; returns the generator."""

    def open_page(case: Case) -> gancli.Generator:
        generator = gancli.load(saved(case, tmp_path / "x.safetensors"), device="cpu")
        done = generator.export("html", "x.html", **parse(case.options))
        browser.get(done.path.resolve().as_uri())
        return generator

    return open_page


def drawn(browser: Browser, start: dict[str, Any], end: dict[str, Any] | None = None, along: float = 0.0) -> np.ndarray:
    found = browser.execute_async_script(DRAW, start, end or start, along)
    assert isinstance(found, list), found
    width, height, pixels = found
    return np.array(pixels, np.uint8).reshape(height, width, 4)[..., :3]


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    """To two grey levels: one of the rounded weights, as is promised, and one of rounding the pixels."""
    colours = expected if expected.ndim == 3 else expected[..., None].repeat(3, 2)
    assert np.abs(found.astype(int) - colours).max() <= 2
    assert expected.std() > 5  # it is a picture


@pytest.mark.parametrize("name", PAGES)
def test_it_draws_what_is_drawn_here(name: str, browser: Browser, opened: Callable[..., gancli.Generator]) -> None:
    generator = opened(BY_NAME[name])
    options = parse(BY_NAME[name].options)
    classes = len(generator.class_names)
    for seed, index in ((0, 0), (123456789, 69)):
        label = {"label": index % classes} if classes else {}
        expected = generator.sample(index + 1, seed=seed, **options).pixels[index]
        assert_same(drawn(browser, {"seed": seed, "index": index, **label}), expected)
    first, last = ({"label": 0}, {"label": 1}) if classes else ({}, {})
    labels = {"label": 0, "to_label": 1} if classes else {}
    walk = generator.interpolate(5, from_seed=1, to_seed=2, **labels, **options).pixels
    ends = ({"seed": 1, "index": 0, **first}, {"seed": 2, "index": 0, **last})
    assert_same(drawn(browser, *ends, 0.25), walk[1])
    assert_same(drawn(browser, *ends, 1.0), walk[4])
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []


NETWORK = """
import torch
from torch import nn
from torch.nn import functional as f
import gancli


class Network(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.linear, self.mix = nn.Linear(dim, 64), nn.Linear(4, 4, bias=False)
        self.grouped = nn.Conv2d(4, 8, 3, stride=(1, 2), padding=(2, 1), dilation=(2, 1), groups=2)
        self.up = nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1, groups=2)
        self.norm, self.last = nn.InstanceNorm2d(4, affine=True), nn.Conv2d(4, 1, 3, padding=1)

    def forward(self, z):
        z = f.elu(self.linear(z))
        z = torch.maximum(z, z.sin() / 2) - torch.minimum(z.cos(), z.neg().exp())
        z = torch.where(z > 0, z.abs().sqrt(), z.sigmoid()) + torch.where(z >= 0.1, z * 2, z)
        z = torch.where(z < -1, z / 3, torch.where(z <= 0.5, z.abs().add(1).log(), z))
        x = z.view(-1, 4, 4, 4).transpose(2, 3).contiguous()
        x = x.transpose(1, 2).reshape(-1, 2, 8, 4).view(-1, 4, 4, 4)
        x = self.mix(x)
        x = torch.cat([x[:, 2:, ::2], x[:, 2:, 1::2]], 2) - x[:, :2]
        x = torch.cat([x, x.pow(3) / (1 + x.square())], 1)
        x = f.interpolate(x, scale_factor=2, mode="nearest")
        x = f.leaky_relu(self.norm(self.up(self.grouped(x))), 0.1)
        x = f.interpolate(x, (16, 16), mode="bilinear", align_corners=True)
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 0.1)
        x = x / (1 + x.amax((2, 3), True).abs().reciprocal().tanh())
        rows = x.sum(1, keepdim=True).softmax(3)
        return f.hardtanh(20 * rows * self.last(f.max_pool2d(x, 3, 1, 1)))


class Many(gancli.Architecture):
    def generator(self, data, latent_dim, num_classes=0):
        return Network(latent_dim)

    def discriminator(self, data, num_classes=0, outputs=1):
        return nn.Sequential(nn.Flatten(), nn.Linear(256, 1), nn.Flatten(0))
"""


def test_a_third_partys_network_of_other_operations(
    install: Install, browser: Browser, opened: Callable[..., gancli.Generator]
) -> None:
    install("gan-many", "gancli.architectures", {"many": "gan_many:Many"}, NETWORK)
    generator = opened(Case("mnist_gan", gancli.DataSpec((1, 16, 16)), ("architecture=many",)))
    for index in range(3):
        assert_same(drawn(browser, {"seed": 4, "index": index}), generator.sample(3, seed=4).pixels[index])


TRANSLATE = """
const [picture, translated, done] = arguments;
const data = Uint8ClampedArray.from(atob(picture.data), (letter) => letter.charCodeAt(0));
draw({ picture: { ...picture, data }, translated }).then(
  (made) => done([made.width, made.height, Array.from(made.data)]), (error) => done(String(error)));
"""


def translated(browser: Browser, pixels: np.ndarray, *, prepared_alone: bool = False) -> np.ndarray:
    opaque = np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], 2)
    picture = {"width": pixels.shape[1], "height": pixels.shape[0], "data": b64encode(opaque.tobytes()).decode()}
    found = browser.execute_async_script(TRANSLATE, picture, not prepared_alone)
    assert isinstance(found, list), found
    width, height, made = found
    return np.array(made, np.uint8).reshape(height, width, 4)[..., :3]


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("edges2emoji", "{name: pairs, root: x, fit: pad}"),
        ("tshirt2pullover", "{name: domains, root: x, fit: stretch}"),
        ("tshirt2pullover", "{name: domains, root: x}"),
    ],
)
def test_it_translates_what_is_translated_here(
    name: str, dataset: str, browser: Browser, opened: Callable[..., gancli.Generator]
) -> None:
    case = BY_NAME[name]
    generator = opened(replace(case, changes=(*case.changes, f"dataset={dataset}")))
    rng = np.random.default_rng(0)
    for sides in (case.data.shape[1:], (61, 40), (9, 50)):
        pixels = np.asarray(Image.fromarray(rng.integers(0, 256, (5, 7, 3), np.uint8)).resize(sides[::-1]))
        prepare, _ = generator.translator(None, parse(case.options), keep_size=False, noise=None)
        assert_same(translated(browser, pixels, prepared_alone=True), prepare(pixels).pixels.permute(1, 2, 0).numpy())
        if sides == case.data.shape[1:]:  # else a level of the picture may be another, which a network may enlarge
            made = generator.translate(pixels, **parse(case.options))
            assert_same(translated(browser, pixels), to_pixels(made)[0])
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []


def test_a_picture_is_chosen_and_a_drawing_is_drawn(
    browser: Browser, opened: Callable[..., gancli.Generator], tmp_path: Path
) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    def seen(name: str) -> str:
        return str(browser.execute_script("return document.getElementById(arguments[0]).toDataURL()", name))

    opened(BY_NAME["edges2emoji"])
    wait = WebDriverWait(browser, 30)
    assert (text(browser, "source-name"), text(browser, "made-name")) == ("A", "B")
    wait.until(lambda _: text(browser, "where") == "")
    white, of_white = seen("source"), seen("made")
    ActionChains(browser).drag_and_drop_by_offset(browser.find_element(By.ID, "source"), 60, 40).perform()
    assert seen("source") != white
    wait.until(lambda _: text(browser, "where") == "" and seen("made") != of_white)
    of_drawing = seen("made")
    noise = np.random.default_rng(0).integers(0, 256, (50, 90, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    browser.find_element(By.ID, "file").send_keys(str(tmp_path / "noise.png"))
    wait.until(lambda _: text(browser, "where") == "" and seen("made") not in (of_white, of_drawing))
    browser.find_element(By.ID, "clear").click()
    wait.until(lambda _: text(browser, "where") == "" and seen("made") == of_white)
    assert seen("source") == white
    (tmp_path / "no.png").write_text("no picture")
    browser.find_element(By.ID, "file").send_keys(str(tmp_path / "no.png"))
    wait.until(lambda _: text(browser, "where") == "no.png is no picture that this browser can read.")
    assert text(browser, "problem") == ""
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def text(browser: Browser, name: str) -> str:
    found: str = browser.execute_script("return document.getElementById(arguments[0]).textContent", name)
    return found


def test_it_is_used_by_keyboard_and_mouse(browser: Browser, opened: Callable[..., gancli.Generator]) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    opened(BY_NAME["mnist_cgan"])
    wait = WebDriverWait(browser, 30)
    grid = browser.find_elements(By.CSS_SELECTOR, "#grid button")
    captions = [button.text for button in grid]
    assert captions[:11] == [*"0123456789", "0"]
    body, seed = browser.find_element(By.TAG_NAME, "body"), browser.find_element(By.ID, "seed")
    for key, expected in (("\ue014", "1"), ("\ue014", "2"), ("\ue012", "1")):  # right, right, left
        body.send_keys(key)
        assert seed.get_attribute("value") == expected
    grid[3].click()
    wait.until(lambda _: text(browser, "to-name") == "to 3")
    assert text(browser, "from-name") == "from 1"
    browser.find_element(By.ID, "swap").click()
    wait.until(lambda _: text(browser, "from-name") == "from 3")
    browser.execute_script("const a = document.getElementById('along'); a.value = 75; a.oninput()")
    assert text(browser, "where") == "75 %"
    body.send_keys(" ")
    wait.until(lambda _: text(browser, "where") != "75 %")
    assert text(browser, "play") == "Pause"
    body.send_keys(" ")
    assert text(browser, "play") == "Play"
    browser.find_element(By.CSS_SELECTOR, "#class option:nth-child(5)").click()
    wait.until(lambda _: {button.text for button in browser.find_elements(By.CSS_SELECTOR, "#grid button")} == {"3"})
    assert text(browser, "problem") == ""
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("name", ["mnist_cgan", "edges2digits"])
def test_the_page_asks_for_nothing_outside_itself(name: str, opened: Callable[..., gancli.Generator]) -> None:
    opened(BY_NAME[name])
    page = Path("x.html").read_text()
    assert "default-src 'none'" in page
    for word in ("http:", "https:", "src=", "@import", "url("):
        assert word not in page, word
