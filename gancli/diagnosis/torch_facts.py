"""What torch says about itself and about the machine; asked in a process of its own."""

from gancli.diagnosis.probe import answer


def main() -> None:
    """Import torch, as a training does, and answer with what it sees."""
    from gancli.training.openmp import bound_spinning

    bound_spinning()
    import torch

    from gancli.training.bf16 import cost_of_bf16
    from gancli.training.device import choose_device

    gpus = [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]
    answer(
        {
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            "cpu": torch.backends.cpu.get_cpu_capability(),
            "cuda": torch.version.cuda or "",
            "gpus": [f"{gpu.name}, {gpu.total_memory / 1e9:.0f} GB" for gpu in gpus],
            "mps": torch.backends.mps.is_available(),
            "cost_of_bf16": cost_of_bf16(choose_device("auto")),
        }
    )
