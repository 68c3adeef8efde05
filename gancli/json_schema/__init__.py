"""The JSON Schema of a recipe, by which an editor completes, explains and checks it while it is written."""

from gancli.json_schema.document import FILE_NAME, MODELINE, Document, document, is_one

__all__ = ["FILE_NAME", "MODELINE", "Document", "document", "is_one"]
