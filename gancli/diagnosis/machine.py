"""The machine: platform, processor, memory, disks, as the system describes them."""

import os
import platform
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def processor() -> str:
    """The model of the processor; empty where the system does not say it."""
    with suppress(OSError):
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if match:
            return match[1].strip()
    return platform.processor() or platform.machine()


def cores() -> tuple[float, int]:
    """The cores that this process may use, and those of the machine; a container may have a part of one."""
    whole = os.cpu_count() or 1
    usable: float = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else whole
    with suppress(OSError, ValueError):
        quota, period = (CGROUP / "cpu.max").read_text().split()
        usable = min(usable, int(quota) / int(period))  # "max" is no number: no quota
    return usable, whole


def memory() -> tuple[int, int | None]:
    """Bytes of memory that this process may use, and those that are free; None where the system does not say."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        total = min(total, int((CGROUP / "memory.max").read_text()))
    with suppress(OSError):
        match = re.search(r"^MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
        if match:
            return total, min(total, int(match[1]) * 1024)
    return total, None


def free_disk(folder: Path) -> int | None:
    """Bytes that are free where a folder is, or will be; None if nothing above it can be read."""
    for parent in (folder, *folder.absolute().parents):
        with suppress(OSError):
            return shutil.disk_usage(parent).free
    return None


def system() -> str:
    """``Linux 6.1 (x86_64), glibc 2.36``."""
    library = " ".join(platform.libc_ver()).strip()
    return f"{platform.system()} {platform.release()} ({platform.machine()})" + (f", {library}" if library else "")


def python() -> str:
    """``3.12.1, CPython, /usr/bin/python3``."""
    return f"{platform.python_version()}, {platform.python_implementation()}, {sys.executable}"
