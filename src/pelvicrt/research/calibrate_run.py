"""How is a calibration run from beginning to end, with its checks and its files?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.research.calibrate import Settings, calibrate
from pelvicrt.research.calibrate_cohorts import SHIPPED, read_cohorts
from pelvicrt.research.calibrate_evaluate import Model
from pelvicrt.research.calibrate_predictor import ClinicalPredictor
from pelvicrt.research.calibrate_report import Report, report_of, write_calibration
from pelvicrt.research.leave_out import LeftOut, leave_out

Told = Callable[[float], None]
_FIT_SHARE, _CHECK_SHARE = 0.5, 0.25


def run_calibration(
    *,
    cohorts: Path | None = None,
    library: Library | None = None,
    settings: Settings | None = None,
    output: Path | None = None,
    leaving_out: bool = False,
    leave_out_members: int = 200,
    truths: int = 50,
    progress: Told = lambda _: None,
) -> Report:
    """Calibrate, check, and with `output` write draws, recipe and report there; evaluations kept there are used again.

    Raises:
        InvalidInput: when the cohorts do not fit.
        ValueError: when no figure may be fitted.
    """
    shelf, chosen = library or shipped_library(), settings or Settings()
    predictor = ClinicalPredictor(read_cohorts(shelf, cohorts or SHIPPED), shelf)
    kept = None if output is None else output / "evaluations"
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    fit = calibrate(predictor, shelf, settings=chosen, folder=kept, progress=lambda part: progress(_FIT_SHARE * part))
    left: tuple[LeftOut, ...] = ()
    if leaving_out:
        model = Model(predictor, fit.priors, folder=kept)
        left = leave_out(
            fit, model, members=leave_out_members, progress=lambda part: progress(_FIT_SHARE + _CHECK_SHARE * part)
        )
    report = report_of(
        fit, left_out=left, truths=truths, progress=lambda part: progress(1.0 - _CHECK_SHARE + _CHECK_SHARE * part)
    )
    if output is not None:
        today = dt.datetime.now(tz=dt.UTC).date()
        write_calibration(fit, shelf, report, output, name=f"posterior-{today:%Y-%m-%d}", made_on=today)
    progress(1.0)
    return report
