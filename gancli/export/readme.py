"""The README beside an export: what the file is, and the lines of Python that use it."""

from collections.abc import Callable

from gancli.export.formats import Format
from gancli.export.subject import Subject, Written
from gancli.export.use_onnx import use_onnx
from gancli.export.use_torch import use_torch
from gancli.export.use_weights import use_weights

Use = Callable[[Subject, str], tuple[str, list[str]]]  # the file's name -> the packages to install, the lines
USES: dict[str, Use] = {"onnx": use_onnx, "torch": use_torch, "weights": use_weights}


def readme(subject: Subject, form: Format, written: Written, file: str) -> str:
    """The text."""
    install, lines = USES[form.name](subject, file)
    values = "[-1, 1]" if form.name == "weights" else "[0, 1]"
    stated = subject.facts(values) | written.facts
    facts = "\n".join(f"- {name.replace('_', ' ')}: {text}" for name, text in stated.items())
    code = "\n".join(lines)
    return f"""# {file}

{form.what[0].upper()}{form.what[1:]}, made by `gan export`: {_sentence(subject, form, written)}

```sh
pip install {install}
```

```python
{code}
```

{facts}

The outputs of this file were compared with those of the generator that it was made of: {_found(written)}.
"""


def _found(written: Written) -> str:
    return f"no number differs by more than {written.tolerance:g}" if written.tolerance else "they are the same bits"


def _sentence(subject: Subject, form: Format, written: Written) -> str:
    data = subject.gan.data
    values = _values(subject, form)
    if not subject.gan.translates:
        classes = f" and `y`, classes of shape (N,), int64, from 0 to {data.num_classes - 1}" * bool(
            subject.gan.num_classes
        )
        return (
            f"it makes `{subject.output}` of shape (N, {_sides(data.shape)}){values} from `z`, noise of shape "
            f"(N, {subject.gan.latent.dim}){classes}."
        )
    size = "of any size that the network takes" if written.free_size else "of this size alone"
    return f"it makes `images` from `x`, images of shape (N, {_sides(subject.source.shape)}) {size}; both are{values}."


def _values(subject: Subject, form: Format) -> str:
    if not subject.gan.data.is_image:
        return ""
    return " in [-1, 1]" if form.name == "weights" else " in [0, 1]"


def _sides(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
