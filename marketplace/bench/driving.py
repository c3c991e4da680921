"""Starts who drives the server: ``wrk`` if it is installed, else the bundled load loop."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from marketplace.bench.load import PATIENCE, Driven, Job

SCRIPT = """
local paths = {{}}
for line in io.lines({paths}) do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  io.write(string.format("measured %d %d %d %d %f %f\\n", summary.requests,
    summary.errors.status, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99)))
end
"""

_MEASURED = re.compile(r"^measured (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)$", re.MULTILINE)


class DriverFailed(Exception):
    """Whoever drives the server ended without a result."""


def driver() -> str:
    """The name of what drives: ``wrk`` or ``bundled load loop``."""
    return "wrk" if shutil.which("wrk") else "bundled load loop"


def driven(job: Job, folder: Path) -> Driven:
    """Drive in another process; raises ``DriverFailed``.

    Paths that may be asked once only are never given to ``wrk``, which would begin again.
    """
    program = shutil.which("wrk")
    return _by_wrk(program, job, folder) if program and not job.once else _by_own_loop(job)


def _by_own_loop(job: Job) -> Driven:
    done = subprocess.run(
        [sys.executable, "-m", "marketplace.bench.load"],
        input=msgspec.json.encode(job),
        capture_output=True,
        check=False,
        timeout=job.seconds + PATIENCE + 30,
    )
    if done.returncode:
        raise DriverFailed(done.stderr.decode("utf-8", "replace")[-2_000:])
    return msgspec.json.decode(done.stdout, type=Driven)


def _by_wrk(program: str, job: Job, folder: Path) -> Driven:
    paths, script = folder / "paths.txt", folder / "paths.lua"
    paths.write_text("\n".join(job.paths) + "\n", "ascii")
    script.write_text(SCRIPT.format(paths=msgspec.json.encode(str(paths)).decode()), "utf-8")
    headers = [part for item in job.headers.items() for part in ("-H", ": ".join(item))]
    done = subprocess.run(  # noqa: S603 - found on the path, with our own arguments
        [
            *(program, "-t1", f"-c{job.connections}", f"-d{max(round(job.seconds), 1)}s"),
            *("-s", str(script), *headers, f"http://{job.host}:{job.port}"),
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=job.seconds + PATIENCE + 30,
    )
    found = _MEASURED.search(done.stdout)
    if done.returncode or found is None:
        raise DriverFailed((done.stderr or done.stdout)[-2_000:])
    answers, failures, micros, size = (int(found[place]) for place in range(1, 5))
    return Driven(
        answers, failures, micros / 1e6, float(found[5]) / 1e3, float(found[6]) / 1e3, size
    )
