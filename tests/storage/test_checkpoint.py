"""A checkpoint comes back as it was, or not at all."""

import io
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from gancli import DataSpec
from gancli.errors import CheckpointError
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.optimizer_state import flatten_optimizer, restore_optimizer
from gancli.storage.run_folder import RunFolder


def make(step: int = 7) -> Checkpoint:
    return Checkpoint(
        step=step,
        name="r",
        recipe={"train": {"steps": 9}},
        data=DataSpec((1, 28, 28), 2, ("cat", "dog")),
        fingerprint="abc",
        tensors={
            "generator.weight": torch.randn(3, 4),
            "generator.half": torch.randn(5).bfloat16(),
            "generator.count": torch.tensor(3),
            "generator.empty": torch.zeros(0, 2),
            "generator.transposed": torch.randn(3, 4).T,
            "ema.weight": torch.zeros(3, 4),
            "rng.cpu": torch.get_rng_state(),
        },
        plugins={"gan-x": "1.0"},
        seconds=1.5,
        threads=3,
        scalars={"generator": {"0.step": 3}},
    )


@pytest.fixture
def saved() -> Path:
    path = Path("step-0000007.safetensors")
    make().save(path)
    return path


def refused(path: Path, message: str) -> None:
    with pytest.raises(CheckpointError, match=message) as caught:
        Checkpoint.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_what_is_loaded_is_what_was_saved(saved: Path) -> None:
    torch.manual_seed(0)
    expected, found = make(), Checkpoint.load(saved)
    for name, value in vars(expected).items():
        if name not in ("tensors", "file"):
            assert getattr(found, name) == value
    assert found.tensors.keys() == expected.tensors.keys()
    for name, tensor in expected.tensors.items():
        assert torch.equal(found.tensors[name], tensor)
        assert found.tensors[name].dtype == tensor.dtype
    assert found.part("ema").keys() == {"weight"}
    assert found.file == saved


def test_the_digest_knows_names_types_and_shapes_apart() -> None:
    one = torch.zeros(4)
    digests = [
        checkpoint.digest(tensors) for tensors in ({"a": one}, {"b": one}, {"a": one.reshape(2, 2)}, {"a": one.int()})
    ]
    assert len(set(digests)) == 4


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "x" * 300},
        {"recipe": {"x": [0] * 5_000}},
        {"fingerprint": "," * 100_001},
        {"data": DataSpec((2,), 2, ("a", "b\n"))},
        {"plugins": {"gan\n": "1"}},
    ],
)
def test_what_could_not_be_loaded_is_not_saved(odd: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError, match=r"x\.safetensors: could not be read back, so it is not written"):
        replace(make(), **odd).save(Path("x.safetensors"))
    assert list(Path().iterdir()) == []


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps({"a": 1}))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps({"a": 1}), "pickle of PyTorch"),
        (zipped(), "pickle of PyTorch"),
        (b"hello, world, this is text", "truncated, or not a safetensors"),
        ((2).to_bytes(8, "little") + b"[]", "not a safetensors"),
        (safetensors.torch.save({"a": torch.zeros(1)}, {"format": "pt"}), "gan did not write"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_checkpoint_of_ours_is_refused(content: bytes, message: str) -> None:
    Path("x.safetensors").write_bytes(content)
    refused(Path("x.safetensors"), message)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_file_has_the_users_own_mode(umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        make().save(Path("x.safetensors"))
    finally:
        os.umask(before)
    assert Path("x.safetensors").stat().st_mode & 0o777 == mode


def test_a_failed_write_leaves_the_old_file_and_nothing_else(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = saved.read_bytes()

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        make(8).save(saved)
    assert saved.read_bytes() == raw
    assert list(Path().iterdir()) == [saved]


@pytest.fixture
def run() -> Path:
    folder = Path("run/checkpoints")
    folder.mkdir(parents=True)
    for age, step in enumerate((20, 3, 100)):
        path = RunFolder(folder.parent).checkpoint(step)
        make(step).save(path)
        os.utime(path, (age, 1000 - age))  # the newest step is the oldest file
    (folder / "best.safetensors").touch()
    (folder / "step-x.safetensors").touch()
    return Path("run")


def test_the_newest_is_the_one_of_the_highest_step(run: Path) -> None:
    assert checkpoint.newest(run).step == 100
    steps = [path.name for path in RunFolder(run).checkpoints()]
    assert steps == ["step-0000100.safetensors", "step-0000020.safetensors", "step-0000003.safetensors"]


def test_damaged_ones_are_passed_over_until_none_is_left(run: Path) -> None:
    for step, next_valid in ((100, 20), (20, 3)):
        RunFolder(run).checkpoint(step).write_bytes(b"x")
        assert checkpoint.newest(run).step == next_valid
    RunFolder(run).checkpoint(3).write_bytes(b"x")
    with pytest.raises(CheckpointError) as caught:
        checkpoint.newest(run)
    assert len(str(caught.value).splitlines()) == 3


def test_a_missing_checkpoint_is_named() -> None:
    with pytest.raises(CheckpointError, match="nowhere: there is no such"):
        checkpoint.newest(Path("nowhere"))
    Path("empty").mkdir()
    with pytest.raises(CheckpointError, match="empty: holds no checkpoints"):
        checkpoint.newest(Path("empty"))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Adam", {}),
        ("Adam", {"fused": True}),
        ("AdamW", {"fused": True, "amsgrad": True}),
        ("SGD", {"momentum": 0.9, "fused": True}),
        ("RMSprop", {"momentum": 0.9}),
        ("Adagrad", {}),
    ],
)
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_an_optimizer_goes_on_from_its_saved_state(
    name: str, options: dict[str, Any], memory_format: torch.memory_format
) -> None:
    def start(weight: torch.Tensor) -> tuple[nn.Parameter, torch.optim.Optimizer]:
        parameter = nn.Parameter(weight.clone().contiguous(memory_format=memory_format))
        return parameter, getattr(torch.optim, name)([parameter], lr=0.1, **options)

    def step(parameter: nn.Parameter, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        parameter.pow(4).sum().backward()
        optimizer.step()

    weight, optimizer = start(torch.randn(2, 3, 4, 5))
    step(weight, optimizer)
    tensors, scalars = flatten_optimizer(optimizer)
    saved = {key: value.clone(memory_format=torch.contiguous_format) for key, value in tensors.items()}
    again, fresh = start(weight.detach())
    restore_optimizer(fresh, saved, scalars)
    for pair in ((weight, optimizer), (again, fresh)):
        step(*pair)
    assert torch.equal(weight, again)


def test_a_header_of_any_length_is_read() -> None:
    """The file begins with the header's length, whose bytes can look like another format's first ones."""
    lengths = set()
    for padding in range(0, 8 * 64, 8):
        path = Path("x.safetensors")
        Checkpoint(1, "x", {}, DataSpec((2,)), "f" * padding, {"rng.a": torch.zeros(1)}).save(path)
        assert len(Checkpoint.load(path).fingerprint) == padding
        lengths.add(path.read_bytes()[0])
    assert 0x80 in lengths  # the first byte of a pickle
