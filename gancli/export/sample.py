"""A checkpoint of the generator alone, to be given away: nothing in it says where its user's files are."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gancli import build
from gancli.build.places import left_out
from gancli.export.subject import Subject, Written
from gancli.storage.checkpoint import Checkpoint


def write(subject: Subject) -> Written:
    """The content of the file; it draws the same samples to the bit."""
    saved = generator_alone(subject)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "generator.safetensors"
        saved.save(path)
        read = Checkpoint.load(path)
        content = path.read_bytes()
    gan, network = build.from_checkpoint(read, next(subject.network.parameters()).device)
    return Written(content, Subject(read, gan, network, subject.options).original, tolerance=0.0)


def generator_alone(subject: Subject) -> Checkpoint:
    """The checkpoint without discriminator, optimizers, random numbers, and what the training remembers."""
    part = build.drawing_part(subject.recipe)
    kept = {f"model.{key}" for key in subject.gan.sampling_state()}
    tensors = {
        key: tensor for key, tensor in subject.saved.tensors.items() if key.startswith(f"{part}.") or key in kept
    }
    saved = left_out(subject.saved)
    return replace(saved, tensors=tensors, scalars={}, monitor={})
