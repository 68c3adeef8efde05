"""Interpretation of the numbers, in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gancli.evaluation.score import Score

MORE, LESS, REAL = "↑", "↓", "≈"
BETTER = {
    "L1": LESS,
    "SSIM": MORE,
    "feature distance": LESS,
    "cycle L1": LESS,
    "FD": LESS,
    "KD": LESS,
    "FID": LESS,
    "KID": LESS,
    "density": REAL,
    "coverage": MORE,
    "precision": MORE,
    "recall": MORE,
    "classes": MORE,
    "class KL": LESS,
    "rarest class": REAL,
    "commonest class": REAL,
    "agreement": MORE,
    "CAS": MORE,
    "repeated": LESS,
    "copied": LESS,
    "authentic": REAL,
    "different bins": LESS,
    "bin divergence": LESS,
    "modes": MORE,
    "high quality": MORE,
    "mode KL": LESS,
    "Parzen log-likelihood": MORE,
}
LEGEND = f"{MORE} more is better, {LESS} less is better, {REAL} the nearer to real data the better"
COPIED = "input copied"  # other images in the translations' place
NEAREST = "target of the nearest training source"  # likewise
COPIES_ALLOWED = 0.02  # share of the samples that real ones stay below


def with_arrow(name: str) -> str:
    """``FD ↓``."""
    return f"{name} {BETTER[name]}" if name in BETTER else name


def describe_protocol(protocol: Mapping[str, Any]) -> str:
    """The protocol in words: everything needed to compare the numbers with others."""
    compared = f"{protocol['n']:,} samples with {protocol['reference']} of {protocol['dataset']}"
    words = f"compared: {compared} ({protocol['fingerprint'][:12]})"
    if protocol["extractor"]:
        words += f"\nfeatures and classes: {protocol['extractor']}"
    if "kernel_subset" in protocol:
        words += f"; KD over subsets of {protocol['kernel_subset']:,}"
    if "translated" in protocol:
        words += f"\ntranslated: {protocol['translated']}"
    return words


def interpret(scores: Mapping[str, Score]) -> str:
    """The scores compared with those of real examples, in words; empty if nothing is clear."""
    sentences = (_translation, _copies, _variety, _distance, _agreement, _modes)
    return "; ".join(filter(None, (sentence(scores) for sentence in sentences)))


def documentation_page() -> Path:
    """The page that explains the numbers: in the package, or beside it in a checkout."""
    installed = Path(__file__).with_name("evaluation.md")
    return installed if installed.is_file() else Path(__file__).parents[2] / "docs" / "evaluation.md"


def _known(scores: Mapping[str, Score], name: str) -> tuple[float, float] | None:
    """The number of a name, and that of real data."""
    score = scores.get(name)
    if score is None or score.mean is None or score.real is None or score.real.mean is None:
        return None
    return score.mean, score.real.mean


def _translation(scores: Mapping[str, Score]) -> str:
    """Whether translations are nearer to their targets than a table of the training pairs would give."""
    found = scores.get("L1")
    table = None if found is None else found.instead(NEAREST)
    if found is None or found.mean is None or table is None or table.mean is None:
        return ""
    if found.mean >= table.mean:
        return f"the {NEAREST} is as near to the real target or nearer: new images are not translated well"
    return f"its L1 is {_share(found.mean / table.mean)} of that of the {NEAREST}"


def _copies(scores: Mapping[str, Score]) -> str:
    words = []
    if copied := _known(scores, "copied"):
        found, real = copied
        many = found > max(COPIES_ALLOWED, 2 * real)
        words.append(f"{_share(found)} of the samples copy a training image" if many else "no sign of copying")
    if (repeated := _known(scores, "repeated")) and repeated[0] > max(COPIES_ALLOWED, 2 * repeated[1]):
        words.append(f"{_share(repeated[0])} of the samples repeat another sample")
    return "; ".join(words)


def _variety(scores: Mapping[str, Score]) -> str:
    covered = _known(scores, "coverage")
    if not covered or not covered[1]:
        return ""
    share = min(1.0, covered[0] / covered[1])
    return f"it shows {_share(share)} of the variety of the real data"


def _distance(scores: Mapping[str, Score]) -> str:
    name = "FID" if "FID" in scores else "FD"
    distance = _known(scores, name)
    if not distance or not distance[1] > 0:
        return ""
    if distance[0] <= max(scores[name].baseline):
        return f"its distance {name} is that of other real images"
    times = float(f"{distance[0] / distance[1]:.2g}")  # and 360 is not written as 3.6e+02
    return f"its distance {name} is {times:,g} times that of other real images"


def _agreement(scores: Mapping[str, Score]) -> str:
    if not (agreed := _known(scores, "agreement")):
        return ""
    return f"{_share(agreed[0])} are of the class that was asked for (of real images {_share(agreed[1])})"


def _modes(scores: Mapping[str, Score]) -> str:
    if not (modes := _known(scores, "modes")):
        return ""
    words = f"it draws {modes[0]:.4g} of {modes[1]:.4g} modes"
    if good := _known(scores, "high quality"):
        words += f", with {_share(good[0])} of its points in one of them (of real points {_share(good[1])})"
    return words


def _share(value: float) -> str:
    """``6 %``; neither nothing nor all unless it is."""
    if 0 < value < 0.01:
        return "less than 1 %"
    return "more than 99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"
