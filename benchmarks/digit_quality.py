"""How often does a run draw the digit that it is asked for, and how near are its digits to real ones?

    python benchmarks/digit_quality.py runs/mnist_cgan runs/mnist_dcgan

A classifier, the judge, is trained on 4,000 of the embedded digits and tested on the other 1,000. For every checkpoint
of the run it then classifies 10,000 samples, and the Fréchet distance between samples and real digits is taken in its
64 features, standardised by the real digits. Distances of other judges cannot be compared with these; the floor, real
halves against each other, is printed beside them.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from gancli import build, checkpoint, sampling
from gancli.data.mnist import embedded_digits
from gancli.images import to_pixels

SAMPLES = 10_000


class Judge(nn.Module):
    """A small convolutional classifier with 64 features."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *block(1, 24), *block(24, 24), nn.MaxPool2d(2), *block(24, 48), *block(48, 48), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(48 * 49, 64),
        )  # fmt: skip
        self.logits = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.features(x)
        return features, self.logits(features.relu())  # features before the ReLU: none of them is dead


def block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()


def warped(x: Tensor) -> Tensor:
    """Digits turned by up to 12°, scaled by up to 10 % and moved by up to 2 pixels."""
    angle, scale, right, down = ((torch.rand(len(x)) * 2 - 1) * most for most in (0.21, 0.1, 0.14, 0.14))
    cosine, sine = angle.cos() * (1 + scale), angle.sin() * (1 + scale)
    theta = torch.stack([torch.stack([cosine, -sine, right], 1), torch.stack([sine, cosine, down], 1)], 1)
    return grid_sample(x + 1, affine_grid(theta, list(x.shape), align_corners=False), align_corners=False) - 1


def train_judge(x: Tensor, y: Tensor, epochs: int = 14) -> Judge:
    torch.manual_seed(0)
    judge = Judge()
    optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=1e-2)
    batches = -(-len(x) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=epochs * batches)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            cross_entropy(judge(warped(x[batch]))[1], y[batch]).backward()
            optimizer.step()
            schedule.step()
    return judge.eval()


@torch.no_grad()
def look(judge: Judge, x: Tensor) -> tuple[Tensor, Tensor]:
    """Features of shape (N, 64) and classes of shape (N,)."""
    seen = [judge(part) for part in x.split(500)]
    return torch.cat([features for features, _ in seen]), torch.cat([logits.argmax(1) for _, logits in seen])


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """|μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½)."""
    a, b = a.double(), b.double()
    values, vectors = torch.linalg.eigh(torch.cov(a.T))
    root = vectors @ values.clamp(min=0).sqrt().diag() @ vectors.T
    overlap = torch.linalg.eigvalsh(root @ torch.cov(b.T) @ root).clamp(min=0).sqrt().sum()
    spread = torch.cov(a.T).trace() + torch.cov(b.T).trace() - 2 * overlap
    return float((a.mean(0) - b.mean(0)).square().sum() + spread)


def coverage(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """The share of real digits with a fake within the distance of their k-th real neighbour (Naeem et al., 2020)."""
    radii = torch.cat([torch.cdist(part, real).kthvalue(k + 1, dim=1).values for part in real.split(1000)])
    nearest = torch.cat([torch.cdist(part, fake).amin(dim=1) for part in real.split(1000)])
    return float((nearest <= radii).float().mean())


def checkpoints(place: Path) -> list[Path]:
    return checkpoint.in_order(place / "checkpoints")[::-1] if place.is_dir() else [place]


def main(runs: list[Path]) -> None:
    pixels, y = embedded_digits()
    x, y = pixels.float().div(127.5).sub(1), y.long()
    shuffled = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))
    learn, test = shuffled[:4000], shuffled[4000:]
    judge = train_judge(x[learn], y[learn])
    accuracy = float((look(judge, x[test])[1] == y[test]).float().mean())
    real, _ = look(judge, x)
    mean, deviation = real.mean(0), real.std(0)
    real = (real - mean) / deviation
    halves = real[shuffled[:2500]], real[shuffled[2500:]]
    print(f"judge: {accuracy:.1%} on 1,000 unseen digits; real halves: distance {frechet_distance(*halves):.2f}")
    print(f"{'step':>8} {'seconds':>8} {'agreement':>10} {'distance':>9} {'coverage':>9}  samples a class")
    for path in [path for run in runs for path in checkpoints(run)]:
        saved = checkpoint.Checkpoint.load(path)
        gan, generator = build.from_checkpoint(saved, torch.device("cpu"))
        labels = torch.arange(SAMPLES) % 10 if gan.num_classes else None
        samples = sampling.sample(gan, generator, SAMPLES, labels=labels)
        # As a user sees them: after rounding to bytes.
        samples = torch.from_numpy(to_pixels(samples)).unsqueeze(1).float().div(127.5).sub(1)
        fake, drawn = look(judge, samples)
        fake = (fake - mean) / deviation
        agreement = "-" if labels is None else f"{float((drawn == labels).float().mean()):.2%}"
        counts = " ".join(map(str, torch.bincount(drawn, minlength=10).tolist()))
        distance, covered = frechet_distance(real, fake), coverage(real, fake[: len(real)])
        print(
            f"{saved.step:8} {saved.seconds:8.0f} {agreement:>10} {distance:9.2f} {covered:9.3f}  {counts}", flush=True
        )


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
