"""What of a PNG file is needed for its pixels, upright."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
ORIENTATION = (b"Raw profile type exif", b"Raw profile type APP1", b"XML:com.adobe.xmp")  # texts that may hold one


def pixels_alone(raw: bytes) -> bytes:
    """A PNG file without its texts and its colour profile, which Pillow refuses to read if they are long.

    What is no PNG file, or is damaged, is returned with its damage.
    """
    if not raw.startswith(SIGNATURE):
        return raw
    kept, first, at = [], 0, len(SIGNATURE)
    while at < len(raw):
        end = at + 12 + int.from_bytes(raw[at : at + 4])  # length, kind, content, checksum
        if _is_needless(raw[at + 4 : at + 8], raw[at + 8 : at + 40]):
            kept.append(raw[first:at])
            first = end
        at = end
    return b"".join([*kept, raw[first:]]) if kept else raw


def _is_needless(kind: bytes, start: bytes) -> bool:
    return kind == b"iCCP" or (kind in TEXTS and start.partition(b"\0")[0] not in ORIENTATION)
