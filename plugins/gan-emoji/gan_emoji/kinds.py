"""The portraits as Unicode writes them: 161 kinds, each in six skin tones (https://unicode.org/reports/tr51).

A kind is a role, such as cook, and a figure: person, man or woman. Whole bodies, such as climbers and mermaids, are
left out: these are portraits.
"""

from dataclasses import dataclass

JOINER, AS_PICTURE = "\u200d", "\ufe0f"  # one picture of two characters; a picture of a character that is also text
TONES = {
    "yellow": "",
    "light": "\U0001f3fb",
    "medium-light": "\U0001f3fc",
    "medium": "\U0001f3fd",
    "medium-dark": "\U0001f3fe",
    "dark": "\U0001f3ff",
}
FIGURES = {"person": "🧑", "man": "👨", "woman": "👩"}
SIGNS = {"person": "", "man": "♂", "woman": "♀"}

# A figure, joined with a thing or with hair.
JOINED = {
    "doctor": "⚕", "student": "🎓", "teacher": "🏫", "judge": "⚖", "farmer": "🌾", "cook": "🍳", "mechanic": "🔧",
    "factory-worker": "🏭", "office-worker": "💼", "scientist": "🔬", "technologist": "💻", "singer": "🎤",
    "artist": "🎨", "pilot": "✈", "astronaut": "🚀", "firefighter": "🚒", "feeding-baby": "🍼", "red-hair": "🦰",
    "curly-hair": "🦱", "white-hair": "🦳", "bald": "🦲",
}  # fmt: skip
# A character of its own, joined with the sign of a man or of a woman.
SIGNED = {
    "police-officer": "👮", "builder": "👷", "blond": "👱", "beard": "🧔", "turban": "👳", "veil": "👰", "tuxedo": "🤵",
    "guard": "💂", "detective": "🕵", "frowning": "🙍", "pouting": "🙎", "gesturing-no": "🙅", "gesturing-ok": "🙆",
    "tipping-hand": "💁", "raising-hand": "🙋", "deaf": "🧏", "bowing": "🙇", "facepalming": "🤦", "shrugging": "🤷",
    "massage": "💆", "haircut": "💇", "steamy-room": "🧖", "mage": "🧙", "vampire": "🧛", "elf": "🧝",
}  # fmt: skip
# A character for every figure, or for one alone.
OTHERS = {
    "baby": {"person": "👶"},
    "child": {"person": "🧒", "man": "👦", "woman": "👧"},
    "adult": FIGURES,
    "old": {"person": "🧓", "man": "👴", "woman": "👵"},
    "claus": {"person": "🧑🎄", "man": "🎅", "woman": "🤶"},
    "crown": {"person": "🫅", "man": "🤴", "woman": "👸"},
    "skullcap": {"person": "👲"},
    "headscarf": {"woman": "🧕"},
    "ninja": {"person": "🥷"},
    "pregnant": {"person": "🫄", "man": "🫃", "woman": "🤰"},
    "breast-feeding": {"woman": "🤱"},
}


@dataclass(frozen=True)
class Kind:
    """A portrait without its skin tone; ``characters`` are joined, and the tone comes after the first."""

    role: str
    figure: str
    characters: str

    def sequence(self, tone: str) -> str:
        """The text that a font draws as one portrait; ``tone`` is a name in ``TONES``."""
        joined = (JOINER + other + _AS_PICTURE.get(other, "") for other in self.characters[1:])
        return self.characters[0] + TONES[tone] + "".join(joined)


_AS_PICTURE = dict.fromkeys("⚕⚖✈♂♀", AS_PICTURE)
KINDS = (
    *(Kind(role, figure, FIGURES[figure] + thing) for role, thing in JOINED.items() for figure in FIGURES),
    *(Kind(role, figure, base + SIGNS[figure]) for role, base in SIGNED.items() for figure in FIGURES),
    *(Kind(role, figure, characters) for role, figures in OTHERS.items() for figure, characters in figures.items()),
)
ROLES = tuple(dict.fromkeys(kind.role for kind in KINDS))
