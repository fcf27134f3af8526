"""A build that is planned and resumed in the test's own process, where nobody else builds."""

from __future__ import annotations

from tasks.build.options import BuildOptions
from tasks.build.version import Job, plan_job, resume_job


def start_job(options: BuildOptions) -> Job:
    """Plan the build and start it, without a lock."""
    return resume_job(plan_job(options), deep=options.deep)
