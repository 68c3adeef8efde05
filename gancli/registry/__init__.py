"""Which components are installed: all of them come through entry points, our own included.

``discovery`` lists what is installed without importing anything, ``contract`` says for which version of the contract it
is, ``loading`` imports what a recipe names, ``signatures`` reads its options, and ``source_files`` reads them without
importing it. ``given`` registers what no package does, ``known`` says how to get what is not installed, and
``tracebacks`` finds the plugin whose code raised an error.
"""

from gancli.registry.contract import CONTRACT
from gancli.registry.discovery import GROUPS, Plugin, claims, find, installed, name_in_recipes, names, plugins, status
from gancli.registry.given import given, made_of
from gancli.registry.known import how_to_get
from gancli.registry.left_out import SWITCH
from gancli.registry.loading import ImportTimeout, Loaded, load, load_with_plugin, torch_optimizers
from gancli.registry.mistakes import ignored_groups, mistyped_groups, problem
from gancli.registry.recipes import recipe_folders
from gancli.registry.signatures import Option, options
from gancli.registry.tracebacks import blame, is_raised_in

__all__ = [
    "CONTRACT",
    "GROUPS",
    "SWITCH",
    "ImportTimeout",
    "Loaded",
    "Option",
    "Plugin",
    "blame",
    "claims",
    "find",
    "given",
    "how_to_get",
    "ignored_groups",
    "installed",
    "is_raised_in",
    "load",
    "load_with_plugin",
    "made_of",
    "mistyped_groups",
    "name_in_recipes",
    "names",
    "options",
    "plugins",
    "problem",
    "recipe_folders",
    "status",
    "torch_optimizers",
]
