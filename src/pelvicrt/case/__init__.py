"""Who the patient is: the facts of one case, each recorded or unknown."""

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
)

__all__ = [
    "Case",
    "Extrahepatic",
    "Labs",
    "LateralNode",
    "Liver",
    "MesorectalNode",
    "Molecular",
    "Patient",
    "Preferences",
    "Primary",
    "PriorPelvicRt",
    "Symptoms",
    "TreatedStep",
]
