"""Do extractors that were trained alike, but for the seed, rank the checkpoints of a run alike?

    gan train mnist_cgan train.steps=1600 train.checkpoint_every=200 train.keep=100 --out runs/rising
    python benchmarks/extractor_agreement.py runs/rising

A number that depends on the extractor's seed says nothing of the generator. For every checkpoint, the Fréchet distance
between 10,000 samples and the real images is taken in the features of the dataset's own extractor, of one of another
seed, and of random features; then Spearman's rank correlation between them is. At least 0.9 over 8 checkpoints or more
of rising quality is expected of the first two.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from gancli import build
from gancli.extractors import Extractor, fixed_order, from_file, learnable, num_unlearned
from gancli.extractors.classifier import MAX_SEEN, train_classifier
from gancli.extractors.random_features import fit
from gancli.metrics.frechet import frechet_distance
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

SAMPLES = 10_000
EXPECTED, FEWEST = 0.9, 8


def spearman(a: list[float], b: list[float]) -> float:
    """Pearson's correlation of the ranks; distances are never tied."""
    ranks = torch.tensor([a, b]).argsort(dim=1).argsort(dim=1)
    return float(torch.corrcoef(ranks.double())[0, 1])


def samples_of(path: Path) -> Tensor:
    gan, generator = build.from_checkpoint(checkpoint.Checkpoint.load(path), torch.device("cpu"))
    labels = torch.arange(SAMPLES) % gan.num_classes if gan.num_classes else None
    return draw.sample(gan, generator, SAMPLES, labels=labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--second", type=Path, help="an extractor of another seed; trained if left out")
    parser.add_argument("--images-seen", type=int, default=MAX_SEEN, help="images that the training of the second sees")
    arguments = parser.parse_args()
    paths = RunFolder(arguments.run).checkpoints()[::-1]
    recipe = build.recipe_of(checkpoint.Checkpoint.load(paths[-1]))
    data = build.dataset(recipe)
    second = (
        from_file(arguments.second, data.spec)
        if arguments.second
        else train_classifier(learnable(data), seed=1, images_seen=arguments.images_seen)
    )
    extractors: list[Extractor] = [build.extractor(recipe, data), second, fit(data)]
    print(
        *(f"{extractor.id}{f' ({extractor.caveat})' if extractor.caveat else ''}" for extractor in extractors), sep="\n"
    )
    chosen = fixed_order(len(data))[: num_unlearned(len(data))][:SAMPLES]  # none of which they have learned from
    images = data.gather(chosen, torch.Generator())[0]
    real = [extractor.features(images) for extractor in extractors]
    half = len(images) // 2
    print(
        "baseline (real halves)", *(f"{frechet_distance(features[:half], features[half:]):10.2f}" for features in real)
    )
    distances: list[list[float]] = [[] for _ in extractors]
    for path in paths:
        samples = samples_of(path)
        for extractor, reference, found in zip(extractors, real, distances, strict=True):
            found.append(frechet_distance(reference, extractor.features(samples)))
        print(f"{path.stem:19}", *(f"{row[-1]:10.2f}" for row in distances), flush=True)
    agreed = spearman(distances[0], distances[1])
    print(f"rank correlation over {len(paths)} checkpoints: {agreed:.3f} between seeds, expected {EXPECTED}")
    print(f"  {spearman(distances[0], distances[2]):.3f} with random features")
    if len(paths) < FEWEST or agreed < EXPECTED:
        raise SystemExit(f"not agreed on: {FEWEST} checkpoints and {EXPECTED} are expected")


if __name__ == "__main__":
    main()
