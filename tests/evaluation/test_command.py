"""``gan evaluate``: the same numbers in a table, as JSON and in the run; refusals with their exit codes."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gancli import build
from gancli.data.stacked import StackedMNIST
from gancli.evaluation import Evaluator, choose, documentation_page
from gancli.storage import checkpoint

Gan = Callable[..., Any]
FEW = ("--n", 40, "--seeds", 2)


@pytest.fixture
def run(digits_run: Path) -> Path:
    """A run that may be written to."""
    return Path(shutil.copytree(digits_run, "run"))


def test_numbers_go_to_stdout_and_into_the_run(gan: Gan, run: Path) -> None:
    before = set(run.rglob("*"))
    result = gan("evaluate", run, *FEW, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found == json.loads((run / "metrics.json").read_text())
    assert {"FD", "KD", "coverage", "density", "agreement", "repeated", "copied"} <= found["scores"].keys()
    assert {"precision", "CAS", "authentic", "Parzen log-likelihood"} & found["scores"].keys() == set()
    assert all(len(score["values"]) == 2 and score["real"] is not None for score in found["scores"].values())
    assert set(run.rglob("*")) - before == {run / "metrics.json", run / "nearest.png", run / "repeated.png"}
    for name in ("nearest.png", "repeated.png"):
        with Image.open(run / name) as image:
            assert image.size == (20 * 58 + 2, 2 * (58 + 2 + 24))  # twenty, and below each what is nearest to it
            assert all(image.crop((0, top, 400, top + 24)).getextrema()[1] == 255 for top in (0, 84))  # the captions


def test_the_table_says_what_its_numbers_are(gan: Gan, run: Path) -> None:
    result = gan("evaluate", run, *FEW, "--metrics", "coverage,kernel")
    assert result.exit_code == 0
    for words in (
        "mean ± sd of 2 seeds",
        "real data",
        "step 3 of run, averaged weights",
        "40 samples with 40 of the 3,000 training examples that the features did not learn from (none are held out)",
        "of mnist (",
        "classifier-v1@sha256:",
        "KD over subsets of 40",
        "KD ↓",
        "coverage ↑",
        "density ≈",
        "in words: it shows",
        "↑ more is better, ↓ less is better, ≈ the nearer to real data the better",
        f"what each number is: {documentation_page()}",
        "pictures: run/nearest.png and run/repeated.png",
    ):
        assert words in result.stdout
    assert {"density", "coverage", "KD"} == set(json.loads((run / "metrics.json").read_text())["scores"])


def test_full_has_the_slow_and_the_old_ones_with_their_caveat(
    gan: Gan, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.evaluation.measurements.MAX_SEEN_FOR_CAS", 4000)
    result = gan("evaluate", run, "--n", 200, "--seeds", 1, "--full", "--json")
    found = json.loads(result.stdout)
    slow = {"precision", "recall", "CAS", "authentic", "different bins", "bin divergence", "Parzen log-likelihood"}
    assert slow <= found["scores"].keys()
    assert any("papers of 2014" in caveat for caveat in found["caveats"])
    assert found["scores"]["FD"]["sd"] is None


def test_a_thousand_modes_are_counted_in_as_many_samples_as_the_papers_draw(
    points_run: Path, embedded: Callable[..., Any]
) -> None:
    recipe = build.recipe_of(checkpoint.newest(points_run))
    stacked = StackedMNIST(examples=10, source="embedded")
    assert Evaluator(recipe, stacked, choose()).n == 26_000
    assert Evaluator(recipe, stacked, choose(), n=40).n == 40
    assert Evaluator(recipe, embedded(0, 10), choose()).n == 10_000


def test_a_lone_checkpoint_writes_nothing(gan: Gan, run: Path) -> None:
    path = shutil.copy(run / "checkpoints" / "step-0000003.safetensors", "lone.safetensors")
    before = set(Path().rglob("*"))
    result = gan("evaluate", path, *FEW, "--metrics", "coverage", "--json")
    assert json.loads(result.stdout)["checkpoint"] == "lone.safetensors"
    assert set(Path().rglob("*")) == before


def test_numbers_are_seen_although_they_cannot_be_kept(gan: Gan, run: Path) -> None:
    (run / "metrics.json").mkdir()  # nothing can be put in its place
    result = gan("evaluate", run, *FEW, "--metrics", "coverage", "--json")
    assert result.exit_code == 7
    assert "metrics.json" in result.stderr
    assert "coverage" in json.loads(result.stdout)["scores"]
    assert not list(run.glob(".*.part"))


def test_modes_of_points(gan: Gan, points_run: Path) -> None:
    run = shutil.copytree(points_run, "run")
    found = json.loads(gan("evaluate", run, *FEW, "--json").stdout)
    assert found["scores"].keys() == {"modes", "high quality", "mode KL"}
    assert not Path("run/nearest.png").exists()


def test_stacked_digits_are_counted(gan: Gan, write: Callable[..., Path]) -> None:
    recipe = write("""\
dataset: {name: stacked-mnist, examples: 80, source: embedded}
architecture: {name: dcgan, width: 2, blocks: 2}
latent: {dim: 4}
train: {steps: 1, batch_size: 8}
device: cpu
""")
    gan("train", recipe, "--quiet")
    found = json.loads(gan("evaluate", "runs/r", *FEW, "--json").stdout)
    assert found["scores"].keys() == {"modes", "mode KL"}
    assert 30 < found["scores"]["modes"]["real"] <= 40
    assert found["protocol"]["extractor"].startswith("classifier-v1@")
    result = gan("evaluate", "runs/r", *FEW, "--extractor", "random-v1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "knows no classes" in result.stderr


def test_another_extractor_is_another_protocol(gan: Gan, run: Path) -> None:
    own, other = (
        json.loads(gan("evaluate", run, "--n", 100, "--metrics", "frechet,classes", *flags, "--json").stdout)
        for flags in ([], ["--extractor", "random-v1"])
    )
    assert other["protocol"]["extractor"].startswith("random-v1@")
    assert own["protocol"] != other["protocol"]
    assert own["scores"]["FD"] != other["scores"]["FD"]
    assert "classes" in own["scores"]
    assert "classes" not in other["scores"]  # which it does not know


def test_a_named_metric_that_does_not_apply_is_said(gan: Gan, run: Path) -> None:
    result = gan("evaluate", run, *FEW, "--metrics", "coverage,modes")
    assert result.exit_code == 0
    assert "note: modes does not apply to these data" in result.stderr
    assert "does not apply" not in gan("evaluate", run, "--n", 20, "--seeds", 1).stderr


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (["--metrics", "fid"], 2, "'fid', which is not a metric"),
        (["--metrics", "modes"], 2, "none of the metrics modes applies to mnist"),
        (["--metrics", "frechet", "--full"], 2, "exclude each other"),
        (["--extractor", "nonsense"], 2, "nonsense"),
        (["--extractor", "nowhere.safetensors"], 4, "nowhere.safetensors"),
        (["--n", "9"], 2, "--n"),
        (["--seeds", "0"], 2, "--seeds"),
    ],
)
def test_refusals(gan: Gan, run: Path, flags: list[str], code: int, message: str) -> None:
    result = gan("evaluate", run, "--n", 20, "--seeds", 1, *flags)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert not (run / "metrics.json").exists()


def test_points_take_no_extractor(gan: Gan, points_run: Path) -> None:
    result = gan("evaluate", points_run, "--extractor", "random-v1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "points are compared as they are" in result.stderr


def test_a_folder_that_changed_or_is_gone(gan: Gan, write: Callable[..., Path], pictures: str) -> None:
    assert gan("train", write(pictures), "--quiet").exit_code == 0
    Path("pictures/cat/1.png").unlink()
    for name in ("a.png", "b.png"):
        shutil.copy("pictures/dog/0.png", f"pictures/cat/{name}")
    result = gan("evaluate", "runs/r", "--metrics", "copies", "--extractor", "random-v1")
    assert result.exit_code == 0
    assert "note: the data has changed since the training" in result.stderr
    assert "the data has changed" in json.loads(Path("runs/r/metrics.json").read_text())["caveats"][0]
    shutil.rmtree("pictures")
    result = gan("evaluate", "runs/r")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "pictures: there is no such folder of images" in result.stderr
