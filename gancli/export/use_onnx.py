"""The lines of Python that use a graph of ONNX."""

from gancli.export.subject import Subject

N = 8  # samples


def use_onnx(subject: Subject, file: str) -> tuple[str, list[str]]:
    """The packages to install, and the lines."""
    made = subject.output
    named = ", ".join(f'"{name}": {name}' for name in subject.inputs)
    lines = ["import numpy as np", "import onnxruntime", *["from PIL import Image"] * subject.gan.data.is_image, ""]
    lines += [f'session = onnxruntime.InferenceSession("{file}")']
    lines += picture(subject) if subject.gan.translates else [f"z = {_noise(subject)}.astype(np.float32)"]
    lines += [f"y = np.arange({N}) % {subject.gan.num_classes}  # the classes in turn"] * ("y" in subject.inputs)
    lines += [f"({made},) = session.run(None, {{{named}}})"]
    return "onnxruntime numpy pillow", [*lines, *saved(subject)]


def _noise(subject: Subject) -> str:
    prior = subject.gan.latent
    shape, rng = f"({N}, {prior.dim})", "np.random.default_rng(0)"
    if prior.prior == "uniform":
        return f"{rng}.uniform(-{prior.scale:g}, {prior.scale:g}, {shape})"
    return f"{rng}.standard_normal({shape})" if prior.scale == 1 else f"{rng}.normal(0, {prior.scale:g}, {shape})"


def picture(subject: Subject) -> list[str]:
    """Lines that read a picture as an array of one image, in [0, 1]."""
    channels, height, width = subject.source.shape
    mode, axes = ("L", "[None, None]") if channels == 1 else ("RGB", ".transpose(2, 0, 1)[None]")
    return [
        f'picture = Image.open("input.png").convert("{mode}").resize(({width}, {height}))',
        f"x = np.asarray(picture, np.float32){axes} / 255  # (1, {channels}, {height}, {width})",
    ]


def saved(subject: Subject, values: str = "images") -> list[str]:
    """Lines that save the first image of an array in [0, 1]; points are printed."""
    if not subject.gan.data.is_image:
        return ["print(points)"]
    channels = subject.channels
    first = "pixels[0, 0]" if channels == 1 else "pixels[0].transpose(1, 2, 0)"
    return [
        f"pixels = np.round({values} * 255).astype(np.uint8)  # (N, {channels}, H, W)",
        f'Image.fromarray({first}).save("output.png")',
    ]
