"""Projection: a sample of the generator itself is found again, and nothing that is shown flatters it."""

from pathlib import Path

import pytest
import torch

import gancli
from gancli.data.mnist import embedded_digits
from gancli.data.pixel_values import values_of
from gancli.errors import DataError, UsageError
from gancli.extractors import without_data
from gancli.projection.latent import Latent
from gancli.projection.objective import Objective
from gancli.projection.projection import FOUND, START, Projection
from gancli.projection.training_pictures import TrainingPictures

CPU = torch.device("cpu")


@pytest.fixture
def generator(digits_run: Path) -> gancli.Generator:
    return gancli.load(digits_run)


@pytest.fixture
def found(generator: gancli.Generator) -> Projection:
    return generator.project(generator.sample(1, seed=5, labels=3), steps=150)[0]


def test_a_sample_of_the_generator_is_found_again(generator: gancli.Generator, found: Projection) -> None:
    target = generator.sample(1, seed=5, labels=3)
    assert found.scores[FOUND].l1 < 0.005  # of 1: the noise is also kept as long as that of the training
    assert found.scores[FOUND].l1 < found.scores[START].l1 / 2
    assert found.latent.label == 3
    assert (found.image - target[0].tensor).abs().mean() / 2 == pytest.approx(found.scores[FOUND].l1, rel=1e-4)


def test_the_least_distance_never_rises(found: Projection) -> None:
    history = torch.tensor(found.history)
    assert len(history) == 151
    assert (history.diff() <= 0).all()
    assert history[-1] < history[0]


def test_a_seed_gives_the_same_latent(generator: gancli.Generator) -> None:
    target = generator.sample(1, seed=9, labels=1)
    first, again = (generator.project(target, steps=5)[0] for _ in range(2))
    assert torch.equal(first.latent.point, again.latent.point)
    assert not torch.equal(first.latent.point, generator.project(target, steps=5, seed=1)[0].latent.point)


def test_searching_disturbs_no_random_numbers_and_no_weight(generator: gancli.Generator) -> None:
    state, digest = torch.get_rng_state(), generator.digest
    generator.project(generator.sample(1, labels=2), label="2", steps=3)
    assert torch.equal(state, torch.get_rng_state())
    assert all(weight.grad is None for weight in generator._network.parameters())
    assert generator.digest == digest


def test_a_latent_draws_the_image_that_was_shown(generator: gancli.Generator, found: Projection) -> None:
    found.latent.save(Path("a.latent.safetensors"))
    loaded = Latent.load(Path("a.latent.safetensors"))
    assert torch.equal(generator.sample_latents([loaded])[0].tensor, found.image)
    walked = torch.cat(list(generator.walk([loaded, 2], [loaded.label, 7], 5)))
    torch.testing.assert_close(walked[0], found.image)
    torch.testing.assert_close(walked[-1], generator.sample(1, seed=2, labels=7)[0].tensor)


def test_a_latent_of_other_weights_or_a_changed_one_is_refused(generator: gancli.Generator, found: Projection) -> None:
    latent = found.latent
    for changed, problem in (
        (Latent(latent.point, label=3, digest="0" * 64), "found the generator '000000000000', expected"),
        (Latent(latent.point[:2], label=3, digest=latent.digest), "it was changed after"),
        (Latent(latent.point, label=99, digest=latent.digest), "it was changed after"),
        (Latent(latent.point, digest=latent.digest), "it was changed after"),
        (Latent(latent.point, is_mapped=True, label=3, digest=latent.digest), "it was changed after"),
    ):
        with pytest.raises(UsageError, match=problem):
            generator.sample_latents([changed])
    Path("other").write_bytes(b"x" * 40)
    with pytest.raises(DataError, match="not a latent that 'gan project' wrote"):
        Latent.load(Path("other"))


def test_the_numbers_are_their_definitions(generator: gancli.Generator) -> None:
    objective = Objective(without_data(generator._gan.data), CPU)
    black, grey = torch.full((1, 1, 28, 28), -1.0), torch.full((1, 1, 28, 28), -0.5)
    scores = objective.scores(grey, black)
    assert (scores.l1, scores.l2) == (pytest.approx(0.25), pytest.approx(0.25))
    same = objective.scores(grey, grey)
    assert (same.l1, same.l2, same.features) == (0, 0, 0)
    assert same.ssim == pytest.approx(1)
    assert float(objective(grey, grey)) == 0


def test_the_target_itself_is_no_training_picture_to_compare_with(generator: gancli.Generator) -> None:
    images, _ = embedded_digits()
    compared = TrainingPictures(generator.dataset())
    scores = compared.scores(values_of(images[7]), Objective(without_data(generator._gan.data), CPU))
    nearest, other = scores.values()
    assert 0 < nearest.l1 < other.l1


def test_points_and_unknown_classes_are_refused(points_run: Path, generator: gancli.Generator) -> None:
    with pytest.raises(UsageError, match="only images can be projected"):
        gancli.load(points_run).project(torch.zeros(1, 2))
    with pytest.raises(UsageError, match="the classes of this model are 0, 1"):
        generator.project(torch.zeros(1, 1, 28, 28), label="cat")
