"""A real browser, Chromium, that looks at the page of ``gan explore`` as a reader does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.explore.explored import pixels
from tests.explore.served import PATIENCE

CHROMIUM, DRIVER = which("chromium") or which("google-chrome"), which("chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900")
PICTURE = """
const canvas = arguments[0], copy = document.createElement("canvas");
copy.width = canvas.width;
copy.height = canvas.height;
const context = copy.getContext("2d", {willReadFrequently: true});  // else the console has advice
context.drawImage(canvas, 0, 0);
return copy.toDataURL("image/png").split(",")[1];
"""


@contextmanager
def opened(folder: Path) -> Iterator[webdriver.Chrome]:
    """Chromium without a window; it saves files into ``folder``."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
        permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        driver.execute_cdp_cmd("Browser.grantPermissions", permissions)
        yield driver
    finally:
        driver.quit()


class Page:
    """The page in the browser."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        driver.get_log("browser")  # of the page before
        driver.get(address)
        until(lambda: driver.execute_script("return Boolean(document.body.dataset.ready)"), self.errors)

    def __getitem__(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def set(self, selector: str, value: Any) -> None:
        """Set a control as a reader does: the value changes, and the page hears of it."""
        script = "const [at, value] = arguments; if (at.type === 'checkbox') at.checked = value; else at.value = value;"
        script += "for (const kind of ['input', 'change']) at.dispatchEvent(new Event(kind, {bubbles: true}));"
        self.driver.execute_script(script, self[selector], value)

    def pixels(self, selector: str) -> np.ndarray:
        """The pixels of the canvases, of shape (N, H, W, 3)."""
        return np.stack([pixels(self.driver.execute_script(PICTURE, found))[..., :3] for found in self.all(selector)])

    def shows(self, selector: str, expected: np.ndarray) -> None:
        """Wait until these canvases show these pictures, of shape (N, H, W[, 3])."""
        wanted = expected if expected.ndim == 4 else np.repeat(expected[..., None], 3, 3)
        until(lambda: self._shows(selector, wanted), lambda: f"{selector} never showed what it should; {self.errors()}")

    def _shows(self, selector: str, wanted: np.ndarray) -> bool:
        if len(self.all(selector)) != len(wanted):
            return False
        try:
            return np.array_equal(self.pixels(selector), wanted)
        except ValueError:  # canvases of several sizes
            return False

    def errors(self) -> list[str]:
        """What the console has, and what the page says."""
        said = self["#error"].text
        return [entry["message"] for entry in self.driver.get_log("browser")] + ([said] if said else [])


def until(is_so: Callable[[], bool], problem: Callable[[], Any]) -> None:
    """Wait for something that the page does when the server has answered."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, problem()
        time.sleep(0.05)
