"""Packages of this project that may not be installed, each with the components and the recipes that it brings."""

PACKAGES = {
    "gan-acgan": {"model": ["acgan"], "recipe": ["mnist_acgan"]},
    "gan-biggan": {"architecture": ["biggan"], "model": ["biggan"], "recipe": ["emoji_biggan", "fashion_biggan"]},
    "gan-emoji": {"dataset": ["emoji"], "recipe": ["emoji_dcgan", "emoji_quick"]},
    "gan-huggingface": {"dataset": ["huggingface"], "recipe": ["huggingface_dcgan"]},
    "gan-mlflow": {"logger": ["mlflow"]},
    "gan-relativistic": {
        "architecture": ["r3gan"],
        "loss": ["relativistic"],
        "recipe": ["cifar10_r3gan", "mnist_relativistic", "stacked_mnist_r3gan"],
    },
    "gan-stylegan2": {
        "architecture": ["stylegan2"],
        "model": ["stylegan2"],
        "recipe": ["emoji_stylegan2", "photos_256"],
    },
    "gan-translate": {
        "architecture": ["resnet", "unet"],
        "model": ["cyclegan", "pix2pix"],
        "recipe": ["edges2digits", "edges2emoji", "edges2fashion", "tshirt2pullover"],
    },
    "gan-wandb": {"logger": ["wandb"]},
}


def how_to_get(kind: str, name: str) -> str:
    """The end of an error about a name that nothing installed provides: ``; pip install gan-wandb``, or nothing."""
    for package, brought in PACKAGES.items():
        if name.removeprefix(f"{package}/") in brought.get(kind, ()):
            return f"; the package {package} brings it: pip install {package}"
    return ""
