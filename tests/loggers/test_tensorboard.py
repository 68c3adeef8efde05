"""TensorBoard's own reader finds each step once, however often a run was killed."""

from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from gancli.loggers import LoggedRun, TensorBoard


def started(step: int = 0) -> tuple[TensorBoard, int]:
    logger = TensorBoard()
    return logger, logger.start(LoggedRun("run", Path(), {"model": {"name": "gan"}}, step))


def read() -> Any:
    return EventAccumulator("tensorboard", size_guidance={"tensors": 0, "scalars": 0, "images": 0}).Reload()


def steps(tag: str) -> list[int]:
    return [event.step for event in read().Scalars(tag)]


def test_numbers_pictures_and_texts_are_read_back(picture: Any) -> None:
    logger, held = started()
    assert held == -1
    logger.log(5, {"generator": 0.5, "seconds": 2.0})
    logger.log_metrics(5, {"FD": 17.5})
    logger.log_samples(5, picture("x.png", size=(20, 10)))
    logger.log_text(5, "warning", "the generator has collapsed")
    logger.close("finished")
    found = read()
    assert found.Tags()["scalars"] == ["losses/generator", "metrics/FD"]
    assert found.Scalars("metrics/FD")[0].value == 17.5
    (image,) = found.Images("samples")
    assert (image.width, image.height) == (20, 10)
    assert image.encoded_image_string == Path("x.png").read_bytes()
    assert found.Tensors("warning")[0].tensor_proto.string_val == [b"the generator has collapsed"]
    assert b"name: gan" in found.Tensors("recipe")[0].tensor_proto.string_val[0]


@pytest.mark.parametrize("torn", [0, 1, 40])
@pytest.mark.parametrize("resumed_at", [2, 4])
def test_a_killed_one_continues_without_a_step_twice_or_missing(torn: int, resumed_at: int) -> None:
    logger, _ = started()
    for step in (1, 2, 3, 4):
        logger.log(step, {"generator": float(step)})
    (file,) = Path("tensorboard").iterdir()
    file.write_bytes(file.read_bytes()[: -torn or None])  # killed, in the middle of a record
    logger, held = started(resumed_at)
    for step in range(held + 1, 7):
        logger.log(step, {"generator": float(step)})
    assert steps("losses/generator") == [1, 2, 3, 4, 5, 6]
    assert held >= resumed_at - 2  # what is whole is not written again


def test_a_kill_before_anything_is_written_loses_nothing() -> None:
    logger, _ = started()
    for step in (1, 2, 3):
        logger.log(step, {"generator": 1.0})
    for _ in range(2):
        logger, held = started(3)
    assert held == 2
    logger.log(3, {"generator": 1.0})
    assert steps("losses/generator") == [1, 2, 3]


def test_without_the_package_the_recipe_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.extras.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'gancli\[tensorboard\]'"):
        TensorBoard()
