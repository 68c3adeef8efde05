"""Each of several discriminators is monitored by its own loss, and its state outlasts a checkpoint."""

import json

import torch
from torch import Tensor, nn

from gancli import losses
from gancli.monitoring import TrainingMonitor
from gancli.monitoring.state import load_state

CHANCE, WON = 1.4, 0.001


def reported(curves: dict[str, list[float]], monitor: TrainingMonitor | None = None) -> list[str]:
    """The warnings of losses that are logged every ten steps."""
    monitor = monitor or TrainingMonitor(losses.NonSaturating(), lambda: (), steps=3000)
    rows = zip(*curves.values(), strict=True)
    logged = [dict(zip(curves, row, strict=True)) for row in rows]
    return [text for at, row in enumerate(logged, 1) for text in monitor.after_step(10 * at, row, 1.0)]


def test_the_one_that_has_won_is_named() -> None:
    (warning,) = reported({"discriminator.A": [CHANCE] * 100, "discriminator.B": [WON] * 100})
    assert warning.startswith("discriminator saturated: ")
    assert "'discriminator.B'" in warning


def test_each_is_reported_though_the_other_was_before() -> None:
    first = [WON] * 200
    second = [CHANCE] * 100 + [WON] * 100
    warnings = reported({"discriminator.A": first, "discriminator.B": second})
    saturated = [text for text in warnings if text.startswith("discriminator saturated")]
    assert [("discriminator.A" in text, "discriminator.B" in text) for text in saturated] == [
        (True, False),
        (False, True),
    ]


def test_each_may_explode_or_swing() -> None:
    swinging = [2.0 if at % 2 else 0.02 for at in range(100)]
    exploding = [50.0 if at % 10 == 0 else 1.0 for at in range(100)]
    warnings = reported({"discriminator.A": swinging, "discriminator.B": exploding})
    assert {text.partition(":")[0]: text.partition("'")[2].partition("'")[0] for text in warnings} == {
        "the losses swing": "discriminator.A",
        "the losses explode": "discriminator.B",
    }


def test_a_loss_that_only_begins_like_one_is_no_discriminators() -> None:
    assert reported({"discriminator": [CHANCE] * 100, "discriminator_class": [0.0] * 100}) == []


def test_the_state_holds_what_was_reported_of_each() -> None:
    curves = {"discriminator.A": [WON] * 100, "discriminator.B": [CHANCE] * 100}
    before, after = (TrainingMonitor(losses.NonSaturating(), lambda: (), steps=3000) for _ in range(2))
    assert len(reported(curves, before)) == 1
    after.load_state_dict(json.loads(json.dumps(before.state_dict())))
    assert after.failures == before.failures == ["discriminator saturated (since step 460)"]


class TwoDiscriminators(nn.Module):
    """Two discriminators of points, one of which has already won."""

    def __init__(self, loss: losses.AdversarialLoss) -> None:
        super().__init__()
        self.loss = loss
        self.a, self.b = nn.Linear(2, 1), nn.Linear(2, 1)
        with torch.no_grad():
            self.a.weight.zero_()
            self.b.weight.fill_(20.0)
            self.a.bias.zero_()
            self.b.bias.zero_()

    def discriminator_losses(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        return {
            f"discriminator.{name}": self.loss.discriminator(network(real).flatten(), network(fake).flatten())
            for name, network in (("A", self.a), ("B", self.b))
        }


def test_of_a_model_with_two_discriminators_the_one_that_has_won_is_reported() -> None:
    loss = losses.NonSaturating()
    model, monitor = TwoDiscriminators(loss), TrainingMonitor(loss, lambda: (), steps=600)
    rng, warnings = torch.Generator().manual_seed(0), []
    for step in range(10, 610, 10):
        noise = torch.randn(16, 2, generator=rng)
        with torch.no_grad():
            found = model.discriminator_losses(noise.abs() + 1, -noise.abs() - 1)
        warnings += monitor.after_step(step, {name: float(value) for name, value in found.items()}, 1.0)
    assert len(warnings) == 1
    assert "'discriminator.B'" in warnings[0]


def test_a_state_of_the_first_format_is_read() -> None:
    state = load_state(
        {
            "symptoms": {"dead": {"since": {"3": 400}, "told": ["3"], "began": 400}, "narrow": {"absent": 2}},
            "looks": [{"step": 400, "distance": 0.3}],
            "nearest": {"step": 200, "distance": 0.2},
        }
    )
    assert state.warnings["missing_classes"].reported == ["3"]
    assert state.warnings["low_diversity"].absent == 2
    assert state.checks[0].distance == 0.3
