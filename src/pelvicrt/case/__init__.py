"""Who the patient is: the facts of one case, each recorded or unknown."""

from pelvicrt.case.facts import (
    CONTRACT_FACTS,
    DERIVED_FACTS,
    FACT_NAMES,
    Facts,
    inputs_of,
    raw_value,
    unknown_facts,
    with_fact,
)
from pelvicrt.case.fields import FieldSpec, fields_of
from pelvicrt.case.labels import FACT_LABELS, FACT_SUPPLIERS, label_of
from pelvicrt.case.model import (
    Case,
    Extrahepatic,
    Labs,
    LateralNode,
    Liver,
    MesorectalNode,
    Molecular,
    Patient,
    Preferences,
    Primary,
    PriorPelvicRt,
    Symptoms,
    TreatedStep,
    misdated,
)
from pelvicrt.case.ranges import Range
from pelvicrt.case.words import WORD_LABELS, word_label

__all__ = [
    "CONTRACT_FACTS",
    "DERIVED_FACTS",
    "FACT_LABELS",
    "FACT_NAMES",
    "FACT_SUPPLIERS",
    "WORD_LABELS",
    "Case",
    "Extrahepatic",
    "Facts",
    "FieldSpec",
    "Labs",
    "LateralNode",
    "Liver",
    "MesorectalNode",
    "Molecular",
    "Patient",
    "Preferences",
    "Primary",
    "PriorPelvicRt",
    "Range",
    "Symptoms",
    "TreatedStep",
    "fields_of",
    "inputs_of",
    "label_of",
    "misdated",
    "raw_value",
    "unknown_facts",
    "with_fact",
    "word_label",
]
