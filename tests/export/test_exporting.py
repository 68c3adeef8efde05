"""An export keeps nobody's file from him, is refused with the reason, and is dropped if it draws anything else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gancli
from gancli.errors import UsageError
from gancli.export.erfinv import erfinv
from tests.export.trained import CASES, Case, saved

Gan = Callable[..., Any]
Install = Callable[..., None]
BY_NAME = {case.name: case for case in CASES}

NETWORKS = """
import torch
from torch import nn
import gancli


class Network(nn.Module):
    def __init__(self, shape, dim, kind):
        super().__init__()
        self.shape, self.kind, self.calls = shape, kind, 0
        self.linear = nn.Linear(dim, shape[0] * shape[1] * shape[2])

    def forward(self, z):
        x = self.linear(z).tanh().unflatten(1, self.shape)
        if self.kind == "random":
            return x * torch.rand(x.shape[0], 1, 1, 1)
        if self.kind == "attention":
            return torch.nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=0.0)
        if self.kind == "len":
            return x * torch.ones(len(x), 1, 1, 1)
        if self.kind == "branch":
            return x if z.sum() > 0 else -x
        if self.kind == "counting":  # no function of its inputs alone
            self.calls += 1
            return x / self.calls
        return torch.cumsum(x, 1)


class Odd(gancli.Architecture):
    def __init__(self, *, kind: str = "plain"):
        self.kind = kind

    def generator(self, data, latent_dim, num_classes=0):
        return Network(data.shape, latent_dim, self.kind)

    def discriminator(self, data, num_classes=0, outputs=1):
        return nn.Sequential(nn.Flatten(), nn.Linear(data.shape[0] * data.shape[1] * data.shape[2], 1), nn.Flatten(0))
"""


@pytest.fixture
def odd(install: Install, tmp_path: Path) -> Callable[[str], Path]:
    """``odd(kind)`` is a checkpoint of a third party's network."""
    install("gan-peculiar", "gancli.architectures", {"odd": "gan_peculiar:Odd"}, NETWORKS)
    data = gancli.DataSpec((1, 16, 16))
    change = "architecture={{name: odd, kind: {}}}"
    return lambda kind: saved(Case("mnist_gan", data, (change.format(kind),)), tmp_path / f"{kind}.safetensors")


def assert_refused(result: Any, code: int, message: str) -> None:
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_graph_of_onnx_says_what_it_is(gan: Gan, tmp_path: Path) -> None:
    import onnx

    place = saved(BY_NAME["mnist_cgan"], tmp_path / "x.safetensors")
    gan("export", place, "--to", "onnx", "--out", "x.onnx")
    graph = onnx.load("x.onnx")
    onnx.checker.check_model(graph, full_check=True)
    facts = {entry.key: entry.value for entry in graph.metadata_props}
    assert json.loads(facts["classes"]) == list("0123456789")
    assert {key: facts[key] for key in ("latent_dim", "prior", "recipe", "step", "value_range", "opset")} == {
        **{"latent_dim": "64", "prior": "normal", "recipe": "mnist_cgan", "step": "5"},
        **{"value_range": "[0, 1]", "opset": "20"},
    }
    assert [(value.name, value.type.tensor_type.shape.dim[0].dim_param) for value in graph.graph.input] == [
        *(("z", "batch"), ("y", "batch")),
    ]
    assert [value.name for value in graph.graph.output] == ["images"]
    assert "\n- opset: 20\n" in Path("x.onnx.md").read_text()


@pytest.mark.parametrize("form", ["onnx", "torch"])
def test_a_file_has_no_paths_of_this_machine(form: str, gan: Gan, tmp_path: Path) -> None:
    place = saved(BY_NAME["photos"], tmp_path / "x.safetensors")
    gan("export", place, "--to", form, "--out", "out")
    for path in Path("out").iterdir():
        content = path.read_bytes()
        assert not any(word in content for word in (b"secret", b".py\x22", b"site-packages", str(tmp_path).encode()))


def test_options_of_the_sampler_are_fixed(gan: Gan, tmp_path: Path) -> None:
    import torch

    place = saved(BY_NAME["emoji_stylegan2"], tmp_path / "x.safetensors")
    gan("export", place, "--to", "torch", "--out", "x.pt2", "truncation=0")
    images = torch.export.load("x.pt2").module()(torch.randn(3, 128))
    assert torch.allclose(images[0], images[1], atol=1e-5)  # 0 draws one picture
    assert_refused(
        gan("export", place, "--to", "onnx", "--out", "y.onnx", "trunc=0.7"), 2, "did you mean 'truncation'?"
    )
    assert_refused(
        gan("export", place, "--to", "weights", "--out", "y", "truncation=0.7"), 2, "fixes no sampling option"
    )


def test_the_inverse_error_function_is_that_of_torch() -> None:
    import torch

    x = torch.cat([torch.linspace(-0.999999, 0.999999, 4001), torch.logspace(-9, -1, 50)])
    expected = torch.erfinv(x.double())
    assert ((erfinv(x) - expected).abs() <= 7e-7 * expected.abs()).all()


def test_images_to_translate_have_any_size(gan: Gan, tmp_path: Path) -> None:
    import torch

    place = saved(BY_NAME["tshirt2pullover"], tmp_path / "x.safetensors")
    gan("export", place, "--to", "torch", "--out", "x.pt2")
    assert torch.export.load("x.pt2").module()(torch.rand(2, 1, 48, 36)).shape == (2, 1, 48, 36)
    gan("export", place, "--to", "onnx", "--out", "x.onnx")
    assert "of this size alone" in Path("x.onnx.md").read_text()  # ONNX's transposed convolution


@pytest.mark.parametrize(
    ("kind", "form", "code", "message"),
    [
        ("random", "torch", 2, "draws random numbers of its own (aten.rand"),
        ("len", "onnx", 2, "write x.shape[0] for len(x)"),
        ("branch", "torch", 2, "torch.export cannot trace this generator: "),
        ("counting", "torch", 1, "the outputs of the file differ by"),
        ("plain", "html", 2, "this generator uses aten.cumsum, which the page cannot compute"),
    ],
)
def test_what_cannot_be_exported_says_why(
    kind: str, form: str, code: int, message: str, odd: Callable[[str], Path], gan: Gan
) -> None:
    assert_refused(gan("export", odd(kind), "--to", form, "--out", "out"), code, message)
    assert not Path("out").exists()


def test_a_third_partys_network_is_exported(odd: Callable[[str], Path], gan: Gan) -> None:
    for form in ("onnx", "torch", "weights", "sample"):
        assert gan("export", odd("plain"), "--to", form, "--out", form).exit_code == 0


def test_attention_without_dropout_draws_no_random_numbers(odd: Callable[[str], Path], gan: Gan) -> None:
    assert gan("export", odd("attention"), "--to", "torch", "--out", "x.pt2").exit_code == 0


def test_points_are_no_page(gan: Gan, tmp_path: Path) -> None:
    place = saved(BY_NAME["ring"], tmp_path / "x.safetensors")
    assert_refused(
        gan("export", place, "--to", "html", "--out", "x.html"), 2, "shows pictures, and this model draws points"
    )


def test_a_page_that_would_be_too_large_has_smaller_weights(
    gan: Gan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = saved(BY_NAME["edges2digits"], tmp_path / "x.safetensors")
    done = gan("export", place, "--to", "html", "--out", "16.html")
    assert "its weights have 16 bits each" in done.stderr
    monkeypatch.setattr("gancli.export.html.page.MAX_BYTES", Path("16.html").stat().st_size - 1)
    done = gan("export", place, "--to", "html", "--out", "8.html", "--json")
    assert "its weights have 8 bits each; more would make the page too large to mail" in done.stderr
    assert 0 < json.loads(done.stdout)["difference"] < 16 / 255
    monkeypatch.setattr("gancli.export.html.page.MAX_BYTES", 1000)
    assert_refused(gan("export", place, "--to", "html", "--out", "0.html"), 2, "the page would have 0 MB, and at most")


def test_nothing_is_overwritten_unless_it_is_wanted(gan: Gan, tmp_path: Path) -> None:
    place = saved(BY_NAME["ring"], tmp_path / "x.safetensors")
    Path("out").mkdir()
    Path("out/README.md").write_text("mine")
    assert_refused(gan("export", place, "--to", "weights", "--out", "out"), 2, "out/README.md: is there already")
    assert [path.name for path in Path("out").iterdir()] == ["README.md"]
    assert gan("export", place, "--to", "weights", "--out", "out", "--force").exit_code == 0
    assert Path("out/README.md").read_text() != "mine"
    assert_refused(gan("export", place, "--to", "onnx", "--out", "x.pt2"), 2, "expected .onnx for a file")
    assert_refused(gan("export", place, "--to", "onnx", "--out", "-"), 2, "an export is written to files")


def test_without_out_it_lies_in_the_run(gan: Gan, points_run: Path, tmp_path: Path) -> None:
    from shutil import copytree

    run = Path(copytree(points_run, "my.run"))
    first = json.loads(gan("export", run, "--to", "weights", "--json").stdout)
    assert first["path"] == f"my.run/{first['path'].split('/')[1]}/generator.safetensors"
    assert first["difference"] == 0
    assert Path(first["readme"]).is_file()
    assert first["bytes"] == Path(first["path"]).stat().st_size
    assert gan("export", run, "--to", "sample").stdout.startswith("my.run/")
    assert gan("sample", run, "--out", "x.png").exit_code == 0  # an export in a run is no checkpoint of it


def test_what_is_not_installed_is_named(gan: Gan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = saved(BY_NAME["ring"], tmp_path / "x.safetensors")
    monkeypatch.setattr("gancli.export.needs.NEEDS", {"onnx": ("onnx", "no_such_package")})
    assert_refused(gan("export", place, "--to", "onnx"), 2, "needs no_such_package: pip install 'gancli[onnx]'")


def test_the_library_exports_too(tmp_path: Path) -> None:
    generator = gancli.load(saved(BY_NAME["ring"], tmp_path / "x.safetensors"), device="cpu")
    done = generator.export("torch", "ring.pt2")
    assert (done.path, done.readme, done.difference) == (Path("ring.pt2"), Path("ring.pt2.md"), 0)
    with pytest.raises(UsageError, match="expected one of sample, onnx"):
        generator.export("jpeg", "x.jpeg")
