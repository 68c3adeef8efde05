"""Parquet files and folders of images, written here: pixels, classes, splits, and every mistake named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gan_huggingface import HuggingFace
from PIL import Image

import gancli
from gancli import DataError
from gancli.testing import check_dataset

pytestmark = pytest.mark.filterwarnings(
    "ignore::Warning:datasets", "ignore::ResourceWarning"
)  # open files of its cache


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def pictures(n: int, seed: int = 0) -> list[Image.Image]:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 16, 16, 3), np.uint8)
    return [Image.fromarray(image) for image in pixels]


def parquet(folder: str = "set", *, splits: tuple[str, ...] = ("train", "test"), n: int = 12) -> Path:
    from datasets import ClassLabel, Dataset, Features, Value
    from datasets import Image as ImageColumn

    columns = {"image": ImageColumn(), "label": ClassLabel(names=["dog", "cat"]), "text": Value("string")}
    (Path(folder) / "data").mkdir(parents=True)
    for seed, split in enumerate(splits):
        rows = {"image": pictures(n, seed), "label": [index % 2 for index in range(n)], "text": ["x"] * n}
        Dataset.from_dict(rows, Features(columns)).to_parquet(Path(folder) / "data" / f"{split}-00000-of-00001.parquet")
    return Path(folder)


def made(**options: Any) -> HuggingFace:
    given: dict[str, Any] = {"path": "set", "size": 16} | options
    return HuggingFace(**given)


def test_pixels_classes_and_the_held_out_split_are_those_of_the_files() -> None:
    parquet()
    data = made()
    expected = torch.stack([torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in pictures(12)])
    assert torch.equal(data.images[torch.arange(12)], expected)
    assert data.spec.class_names == ("dog", "cat")
    assert data.labels is not None
    assert data.labels.tolist() == [0, 1] * 6
    held_out = data.held_out()
    assert held_out is not None
    assert len(held_out) == 12
    assert held_out.fingerprint != data.fingerprint
    assert made(split="test").fingerprint == held_out.fingerprint


def test_the_fingerprint_is_of_the_content_and_not_of_the_place() -> None:
    parquet("set")
    parquet("moved")
    parquet("other", n=13)
    assert made(path="set").fingerprint == made(path="moved").fingerprint == made(path=Path("set")).fingerprint
    assert made(path="other").fingerprint != made(path="set").fingerprint


def test_a_folder_of_images_and_a_single_file_are_read() -> None:
    for index, image in enumerate(pictures(6)):
        path = Path("photos") / ("cat" if index % 2 else "dog") / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    folder = made(path="photos")
    assert (len(folder), folder.spec.class_names, folder.held_out()) == (6, ("cat", "dog"), None)
    file = parquet() / "data" / "train-00000-of-00001.parquet"
    assert made(path=file).fingerprint == made().fingerprint


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"split": "training"}, "has no split 'training'; it has: train, test"),
        ({"image": "img"}, "there is no column 'img'; columns: image, label, text; columns of images: image"),
        ({"image": "text"}, "the column 'text' holds string and no images; columns of images: image"),
        ({"label": "lable"}, "there is no column 'lable'; columns: image, label, text"),
        ({"label": "image"}, "expected classes, numbers or texts"),
        ({"size": 512, "memory_mb": 1}, "the images take 9 MB"),
    ],
)
def test_a_wrong_option_names_what_is_there(options: dict[str, Any], problem: str) -> None:
    parquet()
    with pytest.raises(ValueError, match=problem):
        made(**options)


def test_what_is_not_here_is_a_data_error_with_the_way_out() -> None:
    with pytest.raises(DataError, match="hf download --repo-type dataset nobody/nothing"):
        made(path="nobody/nothing")
    Path("empty").mkdir()
    with pytest.raises(DataError, match="expected a Parquet file, or a folder"):
        made(path="empty")


def test_texts_are_classes_and_no_label_is_fine() -> None:
    parquet()
    assert made(label="text").spec.class_names == ("x",)
    assert made(label=None).spec.num_classes == 0


def test_it_keeps_the_contract_and_trains() -> None:
    parquet(n=24)
    check_dataset(HuggingFace, path="set", size=16)
    Path("r.yaml").write_text(
        "dataset: {name: huggingface, path: set, size: 16}\nmodel: cgan\ndevice: cpu\n"
        "architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}\n"
        "train: {steps: 2, batch_size: 8}\n"
    )
    from gancli import registry

    with registry.given(registry.made_of("dataset", "huggingface", HuggingFace, "gan-huggingface", "0.1.0")):
        run = gancli.train("r.yaml", out="run")
        assert len(list(run)) == 2
        Path("set").rename("elsewhere")
        with gancli.train("dataset.path=elsewhere", "train.steps=3", resume="run") as resumed:
            assert len(list(resumed)) == 1
