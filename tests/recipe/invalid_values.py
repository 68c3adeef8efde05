"""Recipes that are a mapping, but say what no recipe can: keys, types, ranges and names."""

from tests.recipe.invalid import LEAST, SHIPPED, TOP, Found, kind, third

SECTIONS = ("model", "loss", "augmentation", "optimizer", "latent", "train")
TERMS = ("penalties", "regularisers")
COUNTS = ("steps", "k_steps", "batch_size", "log_every", "sample_every", "checkpoint_every", "keep")


@kind()
def unknown_keys() -> Found:
    for text in SHIPPED.values():
        for key in TOP.findall(text):
            if key in ("schema", "dataset", "architecture"):  # missing, they are a problem of their own
                continue
            line = text[: text.index(f"\n{key}:")].count("\n") + 2
            yield text.replace(f"\n{key}:", f"\n{key}x:"), f"{line}:1", f"{key}x: unknown key; did you mean {key!r}?"
    for key in ("on", "off", "yes", "<<", "=", "__class__", "model_config"):
        yield third(f"{key}: 1", "3:1", f"{key}: unknown key")
    for written, says in {
        "train: {step: 3}": "'steps'",
        "latent: {dims: 3}": "'dim'",
        "penalties: [{name: r1, gama: 1}]": "'gamma'",
        "penalties: [{name: r1, evry: 1}]": "'every'",
        "train: {ema_warmpu: false}": "'ema_warmup'",
        "regulariser: []": "'regularisers'",
        "augmentations: none": "'augmentation'",
    }.items():
        yield third(written, "3:", f"did you mean {says}?")


@kind()
def missing_keys() -> Found:
    yield "architecture: mlp\n", "1:1", "dataset: missing; expected dataset: …"
    yield "dataset: ring\n", "1:1", "architecture: missing; expected architecture: …"
    yield "dataset: folder\narchitecture: mlp\n", "1:1", "dataset.root: missing"
    yield "dataset: {modes: 3}\narchitecture: mlp\n", "1:1", "dataset.name: missing"
    yield third("optimizer: {name: adam, lr: {from: 1}}", "3:25", "optimizer.lr.to: missing")
    yield third("optimizer: {name: adam, betas: [0.5]}", "3:25", "optimizer.betas.1: missing; expected one more value")


@kind()
def wrong_types() -> Found:
    for section in SECTIONS:
        for value in ("null", "3", "[a, b]"):
            yield third(f"{section}: {value}", "3:1", f"{section}: found")
    for key in ("seed", "device", "precision", "penalties", "regularisers", "schema"):
        yield third(f"{key}: {{a: b}}", "3:1", f'{key}: found {{"a": "b"}}')
    for key in COUNTS:
        yield third(f"train: {{{key}: '100'}}", "3:9", f'train.{key}: found "100", expected a valid integer')


@kind()
def booleans_for_numbers() -> Found:
    for key in COUNTS:
        yield third(f"train: {{{key}: true}}", "3:9", f"train.{key}: found true")
    yield third("optimizer: {name: adam, lr: true}", "3:25", "optimizer.lr: found true")


@kind()
def numbers_for_booleans() -> Found:
    for value in ("1", "yes", "'true'"):
        yield third(f"optimizer: {{name: adam, amsgrad: {value}}}", "3:25", "expected a valid boolean")


@kind()
def a_truth_value_is_wanted() -> Found:
    for value in ("1", "yes", "0.5", "null"):
        yield third(f"train: {{ema_warmup: {value}}}", "3:9", "train.ema_warmup: found")


@kind()
def every_nth_step() -> Found:
    for value, says in {
        "0": "found 0, expected greater",
        "-4": "found -4",
        "1.5": "found 1.5",
        "true": "found true",
    }.items():
        yield third(f"penalties: [{{name: r1, every: {value}}}]", "3:24", f"penalties.0.every: {says}")
    yield third("penalties:\n- r1\n- {every: 0, name: gradient-penalty}", "5:4", "penalties.1.every: found 0")
    yield third("loss: {name: hinge, every: 2}", "3:21", "loss.every: unknown key")


@kind()
def options_of_no_augmentation() -> Found:
    yield third("augmentation: {name: none, p: 0.5}", "3:28", "augmentation.p: unknown key; available: no options")


@kind()
def not_finite() -> Found:
    for value in (".nan", ".inf", "-.inf", "1e999"):
        yield third(f"latent: {{scale: {value}}}", "3:10", "latent.scale: found")
        yield third(f"optimizer: {{name: adam, lr: {value}}}", "3:25", "optimizer.lr: found")
        yield third(f"train: {{ema: {value}}}", "3:9", "train.ema: found")


@kind()
def zero_and_below() -> Found:
    for key in COUNTS:
        for value in (0, -1):
            yield third(f"train: {{{key}: {value}}}", "3:9", f"train.{key}: found {value}, expected greater than")
    for value in (0, -1):
        yield third(f"latent: {{dim: {value}}}", "3:10", f"latent.dim: found {value}")
        yield third(f"latent: {{scale: {value}}}", "3:10", f"latent.scale: found {value}")
    yield third("seed: -1", "3:1", "seed: found -1")


@kind()
def too_large() -> Found:
    yield third("train: {batch_size: 1000000000000}", "3:9", "train.batch_size: found 1000000000000")
    yield third("train: {k_steps: 1001}", "3:9", "train.k_steps: found 1001")
    yield third("latent: {dim: 65537}", "3:10", "latent.dim: found 65537")
    yield third("seed: 9223372036854775808", "3:1", "seed: found 9223372036854775808")
    for options in ("width: 1000000000", "discriminator_width: 1025", "blocks: 1000000"):
        yield f"dataset: mnist\narchitecture: {{name: dcgan, {options}}}\n", "2:29", "expected less than"
    for options in ("generator_hidden: [65537]", "discriminator_hidden: [1000000000]", "label_dim: 65537"):
        yield f"dataset: ring\narchitecture: {{name: mlp, {options}}}\n", "2:", "expected less than"
    yield f"dataset: ring\narchitecture: {{name: mlp, generator_hidden: [{'1, ' * 33}]}}\n", "2:27", "at most 32"


@kind()
def out_of_range() -> Found:
    for value in (1, 1.5, -0.1):
        yield third(f"train: {{ema: {value}}}", "3:9", f"train.ema: found {value}")
        for key in ("generator_dropout", "discriminator_dropout", "input_dropout"):
            text = f"dataset: ring\narchitecture: {{name: mlp, {key}: {value}}}\n"
            yield text, "2:27", f"architecture.{key}: found {value}"
    for loss in ("minimax", "non-saturating", "least-squares"):
        yield third(f"loss: {{name: {loss}, label_smoothing: 0.5}}", "3:", "expected less than 0.5")
    yield third("penalties: [{name: r1, gamma: -1}]", "3:24", "penalties.0.gamma: found -1")
    yield (
        "dataset: ring\narchitecture: {name: mlp, generator_init: 1e39}\n",
        "2:27",
        "expected less than or equal to 100",
    )


@kind()
def ramps() -> Found:
    for options, says in {
        "from: 1, to: -1": "optimizer.lr.to: found -1, expected greater than",
        "from: x, to: 1": 'optimizer.lr.from: found "x"',
        "from: 1, to: 1, shape: cubic": "optimizer.lr.shape: found",
        "from: 1, to: 0, shape: exponential": "above 0",
        "from: 1, to: 0, steps: 0": "optimizer.lr.steps: found 0",
        "from: 1, to: 0, after: 1": "optimizer.lr.after: found 1, expected less than 1",
        "from: 1, to: 0, after: -0.1": "optimizer.lr.after: found -0.1",
        "from: 1, to: 0, after: half": "optimizer.lr.after: found",
        "from: 1, to: 0, aftr: 0.5": "did you mean 'after'?",
        "form: 1, from: 1, to: 0": "did you mean 'from'?",
    }.items():
        yield third(f"optimizer: {{name: adam, lr: {{{options}}}}}", "3:", says)


@kind()
def words_that_are_no_choice() -> Found:
    yield third("latent: {prior: gauss}", "3:10", "expected 'normal' or 'uniform'")
    yield third("precision: fp16", "3:1", "expected 'auto', 'fp32' or 'bf16'")
    for device in ("gpu", "'cuda:'", "cuda:100", "CPU", "''"):
        yield third(f"device: {device}", "3:1", "expected auto, cpu, cuda")
    yield third("schema: 2", "3:1", "schema: found 2")
    for options in ("generator_activation: gelu", "discriminator_activation: ''"):
        yield f"dataset: ring\narchitecture: {{name: mlp, {options}}}\n", "2:27", "expected 'relu', 'leaky-relu' or"
    yield (
        "dataset: {name: mnist, source: internet}\narchitecture: mlp\n",
        "1:24",
        "expected 'auto', 'full' or 'embedded'",
    )


@kind()
def unknown_names() -> Found:
    for wrong, right in {"rign": "ring", "gird": "grid", "mnits": "mnist"}.items():
        yield f"dataset: {wrong}\narchitecture: mlp\n", "1:1", f"dataset.name: found {wrong!r}"
        yield f"dataset: {{name: {wrong}}}\narchitecture: mlp\n", "1:11", f"did you mean {right!r}?"
    yield "dataset: ring\narchitecture: mpl\n", "2:1", "did you mean 'mlp'?"
    for section, wrong, right in (
        ("model", "cgna", "cgan"),
        ("loss", "hinges", "hinge"),
        ("optimizer", "adma", "adam"),
        ("optimizer", "lbfgs", "not an optimizer of torch.optim"),
        ("penalties", "[r2d2]", "which no installed package provides as a penalty"),
        ("regularisers", "[r2d2]", "which no installed package provides as a regulariser"),
        ("augmentation", "r2d2", "which no installed package provides as an augmentation"),
    ):
        yield third(f"{section}: {wrong}", "3:1", right)


@kind()
def nothing_where_something_belongs() -> Found:
    for written in ("null", "[]", "{}"):
        yield third(f"augmentation: {written}", "3:1", "no augmentation is written none" if written != "{}" else "name")
    for section in ("loss", "model", "optimizer"):
        yield third(f"{section}: null", "3:1", "found null, expected a name, or {name: NAME, …}")
    for section in ("penalties", "regularisers", "log"):
        for written in ("null", "none"):
            yield third(f"{section}: {written}", "3:1", "expected a list, such as [NAME]; [] is the empty one")
    for section in ("latent", "train"):
        yield third(f"{section}: null", "3:1", "expected keys with their values")


@kind()
def paths_to_code() -> Found:
    for name in ("os.system", "torch.utils.data:Dataset", "../mlp", "/etc/passwd", "~", "a b", "''", "x" * 65, "-x"):
        for section in ("model", "loss", "augmentation"):
            written = f"'{name.strip(chr(39))}'"
            yield third(f"{section}: {written}", "3:1", "expected the name of a component")
    yield third("optimizer: {name: adam, generator: {name: os.system}}", "3:25", "expected the name of an optimizer")


@kind()
def options_that_build_fills_in() -> Found:
    for option in ("data", "architecture", "loss", "penalties", "regularisers", "augmentation", "latent"):
        yield third(f"model: {{name: gan, {option}: 1}}", "3:20", f"model.{option}: unknown key")
    for option in ("params", "capturable", "differentiable"):
        yield third(f"optimizer: {{name: adam, {option}: true}}", "3:25", f"optimizer.{option}: unknown key")


@kind()
def letters_that_pass_for_others() -> Found:
    for key, says in {
        "tr\u0430in": "train",
        "\u0455eed": "seed",
        "\uff44evice": "device",
        "se\u200bed": "seed",
    }.items():
        yield third(f"{key}: {{}}", "3:1", f"{ascii(key)[1:-1]}: unknown key; did you mean {says!r}?")


@kind()
def other_line_ends() -> Found:
    for end in ("\r\n", "\r"):
        yield f"dataset: ring{end}architecture: mlp{end}tarin: 1{end}", "3:1", "did you mean 'train'?"


@kind()
def a_byte_order_mark() -> Found:
    yield b"\xef\xbb\xbftarin: 1\n" + LEAST.encode(), "1:1", "did you mean 'train'?"


@kind()
def the_name_of_a_players_loss() -> Found:
    for section in TERMS:
        for name in ("discriminator", "generator"):
            yield third(f"{section}: [{name}]", "3:", f"{section}.0.name: {name!r} is the name of a player's own loss")


@kind()
def two_losses_of_one_name() -> Found:
    text = "penalties: [r1]\nregularisers:\n- {name: r1}"
    yield third(text, "5:3", "regularisers.0: the regulariser 'r1' has the name of a penalty")


@kind()
def a_repeated_penalty() -> Found:
    yield third("penalties: [r1, r1]", "3:", "'r1' is repeated; add up its weights instead")
    yield third("penalties:\n- r1\n- gradient-penalty\n- {name: r1, gamma: 3}", "6:3", "'r1' is repeated")


@kind()
def options_of_another() -> Found:
    yield third("loss: {name: hinge, label_smoothing: 0.1}", "3:21", "loss.label_smoothing: unknown key")
    yield third("optimizer: {name: adam, momentum: 0.9}", "3:25", "optimizer.momentum: unknown key")
    yield third("model: {name: gan, n_critic: 5}", "3:20", "model.n_critic: unknown key")
    yield "dataset: {name: ring, side: 3}\narchitecture: mlp\n", "1:23", "dataset.side: unknown key"
    yield "dataset: ring\narchitecture: {name: mlp, width: 3}\n", "2:27", "architecture.width: unknown key"
