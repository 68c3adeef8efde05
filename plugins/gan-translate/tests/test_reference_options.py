"""The README's table: every option of the reference implementation is in it, and what it names exists here."""

import re
from pathlib import Path

import pytest
from gan_translate import CycleGAN, Pix2Pix, ResNet, UNet

from gancli import registry
from gancli.data import Domains, Pairs
from gancli.recipe.schema import Train

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("## Options of the reference implementation")[2].partition("\n## ")[0]
BASE = """
    dataroot name checkpoints_dir model input_nc output_nc ngf ndf netD netG n_layers_D norm init_type init_gain
    no_dropout dataset_mode direction serial_batches num_threads batch_size load_size crop_size max_dataset_size
    preprocess no_flip display_winsize epoch load_iter verbose suffix use_wandb wandb_project_name gpu_ids
"""
TRAIN = """
    display_freq display_ncols display_id display_server display_env display_port update_html_freq print_freq no_html
    save_latest_freq save_epoch_freq save_by_iter continue_train epoch_count phase n_epochs n_epochs_decay beta1 lr
    gan_mode pool_size lr_policy lr_decay_iters lambda_A lambda_B lambda_identity lambda_L1
"""
TEST = "results_dir aspect_ratio phase eval num_test model_suffix"
HERE = {
    "dataset": {*registry.options(Pairs), *registry.options(Domains)},
    "model": {*registry.options(Pix2Pix), *registry.options(CycleGAN)},
    "architecture": {*registry.options(UNet), *registry.options(ResNet)},
    "train": set(Train.model_fields),
    "optimizer": {"lr", "betas"},
}


@pytest.mark.parametrize("options", [BASE, TRAIN, TEST], ids=["base", "train", "test"])
def test_every_option_has_its_row(options: str) -> None:
    assert [option for option in options.split() if not re.search(rf"`--{option}\b", TABLE)] == []


def test_every_key_of_a_recipe_that_it_names_is_one() -> None:
    named = re.findall(r"`(dataset|model|architecture|train|optimizer)\.(\w+)", README)
    assert len(named) > 15
    assert [".".join(key) for key in named if key[1] not in HERE[key[0]]] == []
