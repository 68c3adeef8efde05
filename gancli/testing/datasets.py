"""What a dataset promises."""

import torch

from gancli.build import check_dataset
from gancli.data import Dataset
from gancli.testing.promises import Broken
from gancli.testing.subject import Subject


def gives_examples_as_its_facts_say(subject: Subject) -> None:
    """gather(indices, rng) returns (x,); (x, y) with class indices of shape (N,), int64; or (x, source) with the images
    to translate if spec.source is set.
    """
    check_dataset(subject.instance, subject.plugin)


def states_possible_facts(subject: Subject) -> None:
    """spec is a DataSpec(shape, num_classes, class_names, source)."""
    try:
        subject.instance.spec.check()
    except ValueError as error:
        raise Broken(str(error), "correct the DataSpec") from error


def has_one_fingerprint(subject: Subject) -> None:
    """fingerprint is a text that is equal exactly when the examples are."""
    one, other = subject.instance.fingerprint, subject.make().fingerprint
    if one != other:
        found = f"{one:.12}… and {other:.12}… for the same options"
        raise Broken(found, "compute it from the examples: gancli.data.base.fingerprint(*tensors)")


def draws_random_numbers_from_rng_alone(subject: Subject) -> None:
    """Random numbers for flips and crops come from rng alone."""
    data: Dataset = subject.instance
    before = torch.get_rng_state()
    data.gather(_some(data), torch.Generator().manual_seed(0))
    if not torch.equal(before, torch.get_rng_state()):
        raise Broken("a change of torch's default generator", "give generator=rng to every random function")


def gives_an_example_wherever_it_stands(subject: Subject) -> None:
    """Which indices make which minibatch is not its business: an example is the same in every minibatch."""
    data: Dataset = subject.instance
    rows = _some(data)
    straight, other, turned = (
        data.gather(indices, torch.Generator().manual_seed(seed))
        for indices, seed in ((rows, 0), (rows, 1), (rows.flip(0), 0))
    )
    is_random = not all(map(torch.equal, straight, other))
    if not is_random and not all(torch.equal(one, part.flip(0)) for one, part in zip(straight, turned, strict=True)):
        raise Broken("other examples for the same indices in another order", "index by indices alone")


def gives_one_example(subject: Subject) -> None:
    """A minibatch may have any number of examples, and one of them twice."""
    data: Dataset = subject.instance
    for indices in (torch.tensor([len(data) - 1]), torch.tensor([0, 0, len(data) - 1])):
        x = data.gather(indices, torch.Generator())[0]
        if len(x) != len(indices):
            raise Broken(f"{len(x)} examples for {len(indices)} indices", "return a row for every index, in order")


def leaves_the_indices_as_they_are(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    data: Dataset = subject.instance
    rows = _some(data)
    before = rows.clone()
    data.gather(rows, torch.Generator())
    if not torch.equal(rows, before):
        raise Broken("changed indices", "work on a copy of them")


def counts_its_classes(subject: Subject) -> None:
    """class_counts has the number of examples of every class, or is empty."""
    data: Dataset = subject.instance
    counts = data.class_counts()
    if counts and (len(counts) != data.spec.num_classes or sum(counts) != len(data)):
        found = f"{len(counts)} counts with the sum {sum(counts)} for {data.spec.num_classes} classes of {len(data)}"
        raise Broken(f"{found} examples", "count every example once, or return ()")


def holds_out_examples_of_the_same_kind(subject: Subject) -> None:
    """held_out has examples of the same facts, or is None."""
    data: Dataset = subject.instance
    rest = data.held_out()
    if rest is not None and rest.spec != data.spec:
        raise Broken(f"{rest.spec} held out of {data.spec}", "return examples of the same spec, or None")


def _some(data: Dataset) -> torch.Tensor:
    return torch.linspace(0, len(data) - 1, min(6, len(data))).long()


DATASET_FORM = (
    gives_examples_as_its_facts_say,
    states_possible_facts,
)
DATASET_VALUES = (
    has_one_fingerprint,
    draws_random_numbers_from_rng_alone,
    gives_an_example_wherever_it_stands,
    gives_one_example,
    leaves_the_indices_as_they_are,
    counts_its_classes,
    holds_out_examples_of_the_same_kind,
)
