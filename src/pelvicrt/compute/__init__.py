"""How is long work cut, run, resumed and merged? Threads of one process by default, a cluster when outgrown.

START HERE: `work` runs a `Task`; `executor_for` turns what a user wrote behind `--scheduler` into an executor.
"""

from pelvicrt.compute.checkpoint import Checkpoint
from pelvicrt.compute.cluster import Cluster, executor_for
from pelvicrt.compute.executor import Executor, Threads, Timed
from pelvicrt.compute.task import Arrays, Divisible, Task, side_by_side
from pelvicrt.compute.work import work

__all__ = [
    "Arrays",
    "Checkpoint",
    "Cluster",
    "Divisible",
    "Executor",
    "Task",
    "Threads",
    "Timed",
    "executor_for",
    "side_by_side",
    "work",
]
