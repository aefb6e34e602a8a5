"""A store with cases in it: variations of the example, for tests of many pages and for the load measurement."""

import dataclasses
import functools
import itertools
from pathlib import Path

from pelvicrt import load_case
from pelvicrt.assessment import assess
from pelvicrt.case import with_fact
from pelvicrt.mdt import add_case, person
from pelvicrt.report import to_json

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
HEIGHTS_CM = (3.0, 5.0, 8.0, 11.0)
LIVERS = ("resectable", "borderline", "unresectable")


def patients():
    """Different patients of different ids, without end."""
    base = load_case(EXAMPLE)
    for number, (height, liver) in enumerate(itertools.cycle(itertools.product(HEIGHTS_CM, LIVERS)), start=1):
        case = with_fact(with_fact(base, "primary.distance_anal_verge_cm", height), "liver.technical", liver)
        yield dataclasses.replace(with_fact(case, "patient.age", 40 + number), id=f"FILL-{number}")


@functools.cache
def document_of(case):
    """The assessment of a case as the contract has it, from few draws."""
    return to_json(assess(case, draws=60, seed=1), "en")


def fill(store, *, cases=13, assessed=1):
    """Adds cases, the first ones with an assessment; their ids."""
    made = []
    for number, case in enumerate(itertools.islice(patients(), cases)):
        with store.writing("chair") as writing:
            chair = person(writing.session, "chair")
            add_case(writing, case, chair)
            if number < assessed:
                from pelvicrt.mdt import assessments

                document = document_of(case)
                options = [item["key"] for item in document["strategies"]]
                letters = dict(zip(options, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
                assessments.keep_assessment(
                    writing, chair, case_id=case.id, case_version=1, document=document, letters=letters
                )
        made.append(case.id)
    return made
