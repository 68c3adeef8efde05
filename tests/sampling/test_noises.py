"""The noise of a stop in words: a seed, an image of a seed, a sum."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gancli
from gancli.errors import UsageError
from gancli.models import LatentPrior
from gancli.sampling.draw import latents, noise
from gancli.sampling.noises import Term, terms

NORMAL, UNIFORM = LatentPrior(5), LatentPrior(5, "uniform", 0.5)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (3, [Term(1, 3)]),
        ("3", [Term(1, 3)]),
        ("3:70", [Term(1, 3, 70)]),
        ("1:5-2+3:7", [Term(1, 1, 5), Term(-1, 2), Term(1, 3, 7)]),
        (" 1 - 2 ", [Term(1, 1), Term(-1, 2)]),
    ],
)
def test_the_terms(words: int | str, expected: list[Term]) -> None:
    assert terms(words) == expected


@pytest.mark.parametrize("words", ["", "x", "-1", "1:", ":1", "1+", "1--2", "1:2:3", "1.5", "1e3", "²", "1+" * 8 + "1"])
def test_other_texts_are_refused(words: str) -> None:
    with pytest.raises(UsageError, match=r"expected a seed|at most 8 are added"):
        terms(words)


@pytest.mark.parametrize("prior", [NORMAL, UNIFORM])
def test_an_image_of_a_seed_has_the_noise_that_gan_sample_draws_it_from(prior: LatentPrior) -> None:
    drawn = latents(prior, 0, 100, 7)
    for index in (0, 1, 63, 64, 99):
        assert torch.equal(noise(prior, f"7:{index}"), drawn[index])
    assert torch.equal(noise(prior, 7), drawn[0])


def test_a_sum_of_normal_noises_is_as_long_as_the_first() -> None:
    a, b, c = (noise(NORMAL, seed) for seed in (1, 2, 3))
    found = noise(NORMAL, "1-2+3")
    torch.testing.assert_close(found.norm(), a.norm())
    torch.testing.assert_close(found / found.norm(), (a - b + c) / (a - b + c).norm())
    torch.testing.assert_close(noise(NORMAL, "1-2+2"), a)
    assert torch.equal(noise(NORMAL, "1-1"), torch.zeros(5))  # and not NaN


def test_a_sum_of_uniform_noises_stays_within_the_prior() -> None:
    a, b, c = (noise(UNIFORM, seed) for seed in (1, 2, 3))
    assert torch.equal(noise(UNIFORM, "1-2+3"), (a - b + c).clamp(-0.5, 0.5))
    assert (a - b + c).abs().max() > 0.5


def test_gan_interpolate_leads_through_images_of_a_seed_and_sums(gan: Callable[..., Any], digits_run: Path) -> None:
    words = ["interpolate", digits_run, "--seeds", "1:3,2,1-2:4+3", "--class", "4", "--steps", "3"]
    assert gan(*words, "--out", "x.gif", "--scale", "1", "--loop").exit_code == 0
    walked = torch.cat(list(gancli.load(digits_run).walk(["1:3", 2, "1-2:4+3"], ["4"], 3, loop=True)))
    with Image.open("x.gif") as image:
        assert image.n_frames == len(walked) == 6
        first = np.asarray(image.convert("L"))
    assert np.array_equal(first, gancli.Samples(walked).pixels[0])
    printed = gan(*words)
    assert printed.stdout.strip().endswith("-seed-1%3A3-2-1-2%3A4%2B3-step-3.png")
    assert Path(printed.stdout.strip()).exists()


def test_gan_interpolate_refuses_other_noises(gan: Callable[..., Any], digits_run: Path) -> None:
    result = gan("interpolate", digits_run, "--seeds", "1,two")
    assert (result.exit_code, "--seeds: found 'two', expected a seed" in result.stderr) == (2, True)
