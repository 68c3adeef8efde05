"""The parts of a PNG file that are needed for its pixels and their orientation."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
ORIENTATION = (b"Raw profile type exif", b"Raw profile type APP1", b"XML:com.adobe.xmp")  # texts that may hold one


def pixels_alone(raw: bytes) -> bytes:
    """A PNG file without its texts and its colour profile, which Pillow refuses to read if they are long.

    Bytes that are not a PNG file are returned as they are, and damage is kept.
    """
    if not raw.startswith(SIGNATURE):
        return raw
    kept, first, at = [], 0, len(SIGNATURE)
    while at < len(raw):
        end = at + 12 + int.from_bytes(raw[at : at + 4])  # length, kind, content, checksum
        if _is_unneeded(raw[at + 4 : at + 8], raw[at + 8 : at + 40]):
            kept.append(raw[first:at])
            first = end
        at = end
    return b"".join([*kept, raw[first:]]) if kept else raw


def _is_unneeded(kind: bytes, start: bytes) -> bool:
    return kind == b"iCCP" or (kind in TEXTS and start.partition(b"\0")[0] not in ORIENTATION)
