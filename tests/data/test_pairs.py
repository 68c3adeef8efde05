"""Pairs from folders: what belongs together stays together, and what does not fit is named."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import Pairs, batches, describe
from gancli.errors import DataError

Picture = Callable[..., Path]
ALL = torch.arange(6)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def side_by_side(folder: str, numbers: range, size: int = 16) -> None:
    """Pairs of noise in colour, of ``size`` × ``size`` pixels each, of which B is the negative of A."""
    Path(folder).mkdir(parents=True)
    for number in numbers:
        a = np.random.default_rng(number).integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(np.concatenate([a, 255 - a], 1)).save(f"{folder}/{number}.png")


def separate(part: str, numbers: range, size: int = 16, ending: str = "png") -> None:
    """The same pairs as files of their own."""
    for domain in "AB":
        Path(f"{part}{domain}").mkdir(parents=True)
    for number in numbers:
        a = np.random.default_rng(number).integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(a).save(f"{part}A/{number}.png")
        Image.fromarray(255 - a).save(f"{part}B/{number}.{ending}")


def gathered(dataset: Pairs, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    target, source = dataset.gather(torch.arange(len(dataset)), rng(seed))
    return target, source


@pytest.fixture
def pairs() -> None:
    side_by_side("in/train", range(6))


def test_the_left_half_is_a_and_the_right_half_is_generated(pairs: None) -> None:
    dataset = Pairs(root="in", size=16)
    target, source = gathered(dataset)
    a = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    assert torch.equal(source[0], torch.from_numpy(a).permute(2, 0, 1).float() / 127.5 - 1)
    torch.testing.assert_close(target, -source)
    assert (dataset.spec.shape, dataset.spec.source.shape) == ((3, 16, 16), (3, 16, 16))
    assert (dataset.spec.source.names, dataset.spec.source.paired) == (("A", "B"), True)


@pytest.mark.parametrize("ending", ["png", "bmp", "PNG"])
def test_files_of_their_own_are_paired_by_name_whatever_their_ending(pairs: None, ending: str) -> None:
    separate("own/train", range(6), ending=ending)
    one, other = Pairs(root="in", size=16), Pairs(root="own", size=16)
    assert all(map(torch.equal, gathered(one), gathered(other)))
    assert next(iter(one.manifest)) == "train/0.png"
    assert [name for name in other.manifest if name.endswith(f"/0.{ending}")][-1] == f"trainB/0.{ending}"


def test_names_in_sub_folders_and_of_a_mac_are_paired(picture: Picture) -> None:
    picture("in/trainA/deep/cafe\u0301.png", 1, "RGB")
    picture("in/trainB/deep/caf\xe9.jpg", 2, "RGB")
    assert len(Pairs(root="in", size=16)) == 1


def test_the_other_direction(pairs: None) -> None:
    forward = Pairs(root="in", size=16, channels=(1, 3), names=("photo", "map"))
    backward = Pairs(root="in", size=16, channels=(1, 3), names=("photo", "map"), direction="BtoA")
    assert (forward.spec.shape, forward.spec.source.shape) == ((3, 16, 16), (1, 16, 16))
    assert backward.spec == forward.spec.reversed()
    assert backward.spec.source.names == ("map", "photo")
    assert all(map(torch.equal, gathered(forward), gathered(backward)[::-1]))
    assert forward.fingerprint != backward.fingerprint


@pytest.mark.parametrize("layout", [side_by_side, separate])
def test_the_random_crop_and_the_mirror_image_are_the_same_for_both(layout: Callable[..., None]) -> None:
    layout("in/train", range(6))
    dataset = Pairs(root="in", size=16, load_size=20, flip=True)
    target, source = gathered(dataset)
    torch.testing.assert_close(target, -source)
    assert target.shape == (6, 3, 16, 16)
    assert not torch.equal(gathered(dataset, 1)[0], target)
    assert torch.equal(gathered(dataset)[0], target)


def test_evaluation_sees_the_centre_and_the_same_each_time(pairs: None) -> None:
    dataset = Pairs(root="in", size=16, load_size=20, flip=True).unaugmented()
    assert all(map(torch.equal, gathered(dataset, 0), gathered(dataset, 1)))
    whole = Pairs(root="in", size=20)
    assert torch.equal(gathered(dataset)[0], gathered(whole)[0][:, :, 2:18, 2:18])


@pytest.mark.parametrize("layout", [side_by_side, separate])
@pytest.mark.parametrize("workers", [0, 2])
def test_large_sets_stream_the_same_minibatches(layout: Callable[..., None], workers: int) -> None:
    layout("in/train", range(6))
    options = {"root": "in", "size": 16, "load_size": 20, "flip": True}
    kept, streamed = Pairs(**options), Pairs(**options, memory_mb=0, workers=workers)
    assert (kept.workers, streamed.workers) == (0, workers)
    assert kept.fingerprint == streamed.fingerprint
    made = [batches(dataset, 4, seed=0, device=torch.device("cpu")) for dataset in (kept, streamed)]
    for one, other in itertools.islice(zip(*made, strict=True), 3):
        assert all(map(torch.equal, one, other))
    made[1].close()


def test_the_test_part_is_held_out_whole(pairs: None) -> None:
    side_by_side("in/test", range(10, 13))
    dataset = Pairs(root="in", size=16, load_size=24, flip=True, names=("sketch", "photo"))
    held_out = dataset.held_out()
    assert len(held_out) == 3
    assert held_out.spec == dataset.spec
    a = np.random.default_rng(10).integers(0, 256, (16, 16, 3), np.uint8)
    assert torch.equal(gathered(held_out, 5)[1][0], torch.from_numpy(a).permute(2, 0, 1).float() / 127.5 - 1)
    assert held_out.fingerprint != dataset.fingerprint
    assert dataset.held_out() is held_out


def test_without_a_test_part_nothing_is_held_out(pairs: None) -> None:
    assert Pairs(root="in", size=16).held_out() is None


def test_every_picture_without_a_partner_is_named() -> None:
    separate("in/train", range(6))
    Path("in/trainA/2.png").unlink()
    Path("in/trainB/4.png").unlink()
    with pytest.raises(
        DataError, match="2 pictures have no partner, beside 4 pairs; expected the same names"
    ) as caught:
        Pairs(root="in", size=16)
    assert str(caught.value).splitlines()[1:] == ["  trainA/4.png", "  trainB/2.png"]


def test_folders_with_nothing_in_common_may_be_domains(picture: Picture) -> None:
    for index in range(30):
        picture(f"in/trainA/a{index}.png")
        picture(f"in/trainB/b{index}.png")
    with pytest.raises(DataError, match=r"if these are no pairs, take dataset\.name=domains") as caught:
        Pairs(root="in", size=16)
    assert str(caught.value).endswith("… and 40 more")


def test_two_names_that_differ_in_the_ending_have_no_partner(picture: Picture) -> None:
    for name in ("trainA/1.png", "trainA/1.jpg", "trainB/1.png"):
        picture(f"in/{name}")
    with pytest.raises(
        DataError, match=r"trainA: found pictures whose names differ in the ending(.|\n)*1\.jpg and 1\.png"
    ):
        Pairs(root="in", size=16)


@pytest.mark.parametrize("layout", [side_by_side, separate])
def test_bad_pictures_are_named_and_few_are_left_out_with_their_partners(layout: Callable[..., None]) -> None:
    layout("in/train", range(6))
    bad = next(path for path in sorted(Path("in").rglob("3.png")))
    bad.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"1 of 6 images cannot be read.*on_bad_image=skip:\n  3\.png: is none of"):
        Pairs(root="in", size=16)
    for memory_mb in (1, 0):
        dataset = Pairs(root="in", size=16, on_bad_image="skip", memory_mb=memory_mb)
        assert len(dataset) == 5
        assert "1 of 6 images cannot be read: 3.png" in dataset.left_out
        assert not any("3." in name for name in dataset.manifest)
        target, source = gathered(dataset)
        torch.testing.assert_close(target, -source)


def test_a_pair_must_be_left() -> None:
    separate("in/train", range(2))
    Path("in/trainA/0.png").write_text("")
    Path("in/trainB/1.png").write_text("")
    with pytest.raises(
        DataError, match=r"in/trainA: 1 of 2 .*\n  0\.png: is empty\nin/trainB: 1 of 2 .*\n  1\.png: is"
    ):
        Pairs(root="in", size=16)
    with pytest.raises(DataError, match="in: of every pair, one picture cannot be read"):
        Pairs(root="in", size=16, on_bad_image="skip")


def test_a_folder_that_cannot_be_read_is_named_and_not_the_partners_of_its_pictures(picture: Picture) -> None:
    picture("in/trainB/sub/1.png")
    Path("in/trainA").mkdir()
    Path("in/trainA/sub").symlink_to("nowhere")
    with pytest.raises(DataError, match=r"in/trainA: 1 folder cannot be read(.|\n)*sub: is a link to something"):
        Pairs(root="in", size=16, on_bad_image="skip")


def test_a_lone_bad_picture_in_a_sub_folder_is_not_the_end_of_a_class(picture: Picture) -> None:
    for name in ("x/1.png", "2.png", "3.png"):
        picture(f"in/trainA/{name}")
        picture(f"in/trainB/{name}")
    Path("in/trainB/x/1.png").write_text("")
    assert len(Pairs(root="in", size=16, on_bad_image="skip")) == 2


def test_pictures_of_different_sizes_are_scaled_each_and_named(picture: Picture) -> None:
    picture("in/trainA/1.png", 1, "RGB", (20, 20))
    picture("in/trainB/1.png", 1, "RGB", (20, 30))
    dataset = Pairs(root="in", size=16)
    assert gathered(dataset)[0].shape == gathered(dataset)[1].shape == (1, 3, 16, 16)
    assert "the two pictures of 1 of 1 pairs have different sizes, and each is scaled by itself" in dataset.notice
    assert dataset.notice.endswith(": 1.png")


def test_an_odd_width_loses_the_column_between(picture: Picture) -> None:
    Path("in/train").mkdir(parents=True)
    pixels = np.zeros((16, 33), np.uint8)
    pixels[:, 16], pixels[:, 17:] = 99, 200
    Image.fromarray(pixels).save("in/train/1.png")
    dataset = Pairs(root="in", size=16, channels=1)
    target, source = gathered(dataset)
    assert (source == -1).all()
    assert (target == torch.tensor(200 / 127.5 - 1)).all()
    assert "the widths of 1 of 1 pairs are odd; the column between is left out: 1.png" in dataset.notice


def test_a_picture_that_is_no_pair_is_said(picture: Picture) -> None:
    picture("in/train/1.png", 1, "RGB", (16, 16))
    assert "1 of 1 images are not wider than tall; expected both pictures" in Pairs(root="in", size=16).notice


@pytest.mark.parametrize("folder", ["trainA", "trainB"])
def test_sixteen_bits_are_read_each_domain_by_itself(folder: str, picture: Picture) -> None:
    for name in ("trainA", "trainB"):
        picture(f"in/{name}/1.png")
    Image.fromarray(np.full((16, 16), 4095, np.uint16)).save(f"in/{folder}/1.png")
    dataset = Pairs(root="in", size=16, channels=1)
    target, source = gathered(dataset)
    assert ((source if folder == "trainA" else target) == 1).all()
    assert f"{folder}: the grey images of 16 bits a value use 12 of them" in dataset.notice


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"load_size": 12}, "load_size: found 12×12, expected at least the size that is cropped from it, 16×16"),
        ({"load_size": (20, 8)}, "load_size: found 20×8"),
        ({"names": ("x", "x")}, "names: found 'x' and 'x', expected two that differ"),
        ({"names": ("x", "\x1b")}, "and can be shown"),
    ],
)
def test_options_that_do_not_go_together_are_refused(pairs: None, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Pairs(root="in", size=16, **options)


def test_an_empty_folder_is_named(pairs: None) -> None:
    Path("own/trainA").mkdir(parents=True)
    Path("own/trainB").mkdir()
    with pytest.raises(DataError, match=r"own/trainA: holds no images; the endings read are"):
        Pairs(root="own")


def test_the_pairs_are_described(pairs: None) -> None:
    Path("in/train/notes.txt").write_text("")
    found = describe(Pairs(root="in", size=16, names=("sketch", "shoe")), labels_used=False)
    assert found == "training on 6 pairs, sketch → shoe; left out: 1 file without the ending of an image (.txt 1)"
