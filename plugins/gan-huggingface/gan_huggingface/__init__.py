"""Image datasets of the Hugging Face hub (https://huggingface.co/docs/datasets), for gan."""

from gan_huggingface.hugging_face import HuggingFace

__all__ = ["HuggingFace"]
