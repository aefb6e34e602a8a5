"""Where does it come from? Every source cited anywhere in an assessment, with its full citation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pelvicrt.assessment import Assessment, plan_sources, reasons_of
from pelvicrt.evidence import Library, Source
from pelvicrt.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One source: a short name for tables, the full reference, and how it was read."""

    id: str
    short: str
    full: str
    links: str
    how: str
    mark: str
    listed: bool
    in_text: bool = True


def citations(assessment: Assessment, library: Library, words: Words) -> dict[str, Citation]:
    """All sources by id, in the order of their short names."""
    in_text = set(_ids_in_text(assessment))
    ids = dict.fromkeys((*_ids_in_text(assessment), *_ids_behind(assessment)))
    made = [cited(source_id, library, words, in_text=source_id in in_text) for source_id in ids]
    return {item.id: item for item in sorted(made, key=lambda item: (not item.listed, item.short.lower(), item.id))}


def _ids_behind(assessment: Assessment) -> Iterable[str]:
    """Sources of the model's numbers, and whatever else the assessment cites."""
    yield from assessment.citations
    for item in assessment.strategies:
        for draws in item.outcomes.outcomes if item.outcomes else ():
            yield from draws.sources


def _ids_in_text(assessment: Assessment) -> Iterable[str]:
    """Sources that a sentence of the report refers to."""
    for reason in reasons_of(assessment):
        yield from reason.sources
    for score in assessment.classification.scores:
        yield from score.sources
    for driver in assessment.advice.recommendation.drivers:
        yield from driver.sources
    for card in assessment.advice.conflicts:
        for position in card.positions:
            yield from position[3]
    yield from plan_sources(assessment)


def cited(source_id: str, library: Library, words: Words, *, in_text: bool = True) -> Citation:
    """One source as a reader sees it; an id without a record says so."""
    if source_id not in library.sources and source_id not in library.studies:
        unlisted = words("sources.unlisted")
        return Citation(
            id=source_id,
            short=source_id,
            full=source_id,
            links="",
            how=unlisted,
            mark="",
            listed=False,
            in_text=in_text,
        )
    source = library.source_of(source_id)
    kind = words.label("source_kind", source.kind)
    return Citation(
        id=source_id,
        short=_short(source),
        full=_full(source),
        links=_links(source),
        how=words.join((kind, words.label("seen", source.seen.what))),
        mark=source.mark,
        listed=True,
        in_text=in_text,
    )


def _short(source: Source) -> str:
    """First author and year; a body without an author by its id."""
    name = source.first_author or source.id
    return f"{name} {source.year}" if source.year and str(source.year) not in name else name


def _full(source: Source) -> str:
    """Author. Title. Journal year;volume:pages."""
    where = source.journal
    when = str(source.year or "")
    if source.volume:
        when += f";{source.volume}"
    if source.pages:
        when += f":{source.pages}"
    parts = (source.first_author, source.title, f"{where} {when}".strip())
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _links(source: Source) -> str:
    """The identifiers by which a reader finds it, as text: the page asks nothing of the outside."""
    named = (("doi", source.doi), ("PMID", source.pmid), ("PMCID", source.pmcid), ("", source.registry_id))
    return " · ".join(f"{name} {value}".strip() for name, value in named if value)
