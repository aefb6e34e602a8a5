"""What does a report say? One model of the page, from which HTML, PDF and text are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pelvicrt.assessment import Assessment
from pelvicrt.evidence import Library, library
from pelvicrt.foundation import DAYS_PER_MONTH, Language, Reason, Text, is_known
from pelvicrt.recommend import ConflictCard, names_of
from pelvicrt.report.citations import Citation, citations
from pelvicrt.report.curves import Chart, charts
from pelvicrt.report.facts_line import Chip, case_line, chips
from pelvicrt.report.ledger import Group, ledger
from pelvicrt.report.options import LEAST_CHANCE, Option, Options, choose
from pelvicrt.report.words import Words

OPEN_DISPUTES = 4
CLASSES = ("emergency", "mmr", "liver", "pelvis", "fitness", "symptomatic", "oligometastatic")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCell:
    """One class of the strip."""

    name: str
    title: str
    value: str
    unknown: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRow:
    """One reason with the options it speaks of, or with the class it explains when there are none."""

    options: tuple[Option, ...]
    subject: str
    reason: Reason
    direction: str
    text: str
    grade: str
    mark: str
    sources: tuple[Citation, ...]
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRow:
    """One option outside the columns: its status and why it is not there."""

    option: Option
    name: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything the three writers need, already in one language."""

    assessment: Assessment
    words: Words
    options: Options
    names: dict[str, Text]
    case_line: str
    chips: tuple[Chip, ...]
    classes: tuple[ClassCell, ...]
    groups: tuple[Group, ...]
    charts: tuple[Chart, ...]
    why: tuple[WhyRow, ...]
    class_why: tuple[WhyRow, ...]
    rest: tuple[RestRow, ...]
    sources: dict[str, Citation] = field(default_factory=dict)

    @property
    def is_emergency(self) -> bool:
        """Whether something must be done before anything is compared."""
        return self.assessment.classification.emergency.value not in {"none", "unknown"}

    @property
    def is_ranked(self) -> bool:
        """Whether the options were weighed against each other."""
        return bool(self.options.by_chance)

    @property
    def is_palliative(self) -> bool:
        """Whether no column aims to cure."""
        columns = self.options.columns
        return bool(columns) and all(item.assessed.candidate.intent != "curative" for item in columns)

    @property
    def blocking(self) -> tuple[str, ...]:
        """The unknown facts that stop any ranking."""
        waiting = any(item.ranked.status == "needs_information" for item in self.assessment.strategies)
        if self.assessment.advice.recommendation.strategy is not None or self.is_ranked or not waiting:
            return ()
        asked = [item.fact for item in self.assessment.advice.missing_information if item.blocks]
        return tuple(dict.fromkeys(asked))

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Sources that a sentence of the report refers to."""
        return tuple(item for item in self.sources.values() if item.in_text)

    @property
    def behind(self) -> tuple[Citation, ...]:
        """Sources that only the model's numbers rest on."""
        return tuple(item for item in self.sources.values() if not item.in_text)

    @property
    def tied(self) -> tuple[Option, ...]:
        """The options that cannot be told apart, by letter; empty when one leads clearly."""
        advice = self.assessment.advice.recommendation
        if not advice.equipoise or advice.strategy is None:
            return ()
        found = [self.options.of(key) for key in (advice.strategy, *advice.alternatives)]
        return tuple(sorted((item for item in found if item), key=lambda item: item.letter))

    @property
    def headline(self) -> str:
        """The answer in one short sentence; a tie is told by letters, whose names stand right below."""
        if len(self.tied) < 2:
            return self.assessment.advice.recommendation.headline.say(self.words.lang)
        return self.words("now.headline_tied", options=self.words.join(option.letter for option in self.tied))

    @property
    def subline(self) -> str:
        """The answer with full names, when the headline has letters."""
        full = self.assessment.advice.recommendation.headline.say(self.words.lang)
        return "" if full == self.headline else full

    @property
    def leader(self) -> Option | None:
        """The leading option, if there is one."""
        key = self.assessment.advice.recommendation.strategy
        return self.options.of(key) if key else None

    @property
    def disputes(self) -> tuple[tuple[ConflictCard, ...], tuple[ConflictCard, ...]]:
        """Disagreements to show at once, and those to fold: what may apply only, and all beyond the first few."""
        cards = self.assessment.advice.conflicts
        sure = [card for card in cards if not card.may_apply_missing]
        return tuple(sure[:OPEN_DISPUTES]), tuple(card for card in cards if card not in sure[:OPEN_DISPUTES])

    def name(self, option: Option) -> str:
        """An option's name, with its schedule where another option is the same strategy."""
        return self.names[option.assessed.candidate.key].say(self.words.lang)

    def lettered(self, text: Text) -> str:
        """A sentence of the advice with the letters in place of the long names of the options shown with letters."""
        said = text.say(self.words.lang)
        by_length = sorted(self.options.all, key=lambda option: -len(self.name(option)))
        for option in by_length:
            if option.letter:
                said = said.replace(self.name(option), _beside(option.letter, self.words.lang))
        return said

    def chance(self, option: Option) -> str:
        """The chance of being best, in words a reader sees; never rounded to nothing or to certainty."""
        chance = option.chance
        if chance is None:
            return self.words("not_known")
        if 0 < chance < 0.01:
            return self.words("options.under5")
        return self.words("now.chance", n=self.words.number(100 * chance))

    def days(self, months: float) -> str:
        """Quality-adjusted months told as days."""
        days = months * DAYS_PER_MONTH
        return self.words.number(days, 1 if abs(days) < 1 and days else 0)


def _beside(letter: str, lang: Language) -> str:
    """A letter inside a sentence; Chinese type sets a thin gap around Latin letters."""
    return f" {letter} " if lang == "zh" else letter


def build_page(
    assessment: Assessment,
    lang: Language,
    shelf: Library | None = None,
    *,
    letters: Mapping[str, str] | None = None,
    numbers: bool = True,
) -> Page:
    """The model of the page in one language; `shelf` is the library the sources are looked up in.

    `letters` are those the options of this case already have, by candidate key. Without `numbers` it has no ledger and
    no curves, for readers who have them before their eyes.
    """
    words, shelf = Words(lang), shelf or library()
    options = choose(assessment, letters)
    cited = citations(assessment, shelf, words)
    return Page(
        assessment=assessment,
        words=words,
        options=options,
        names=names_of([item.assessed.candidate for item in options.all]),
        case_line=case_line(assessment.case, words),
        chips=chips(assessment, words),
        classes=tuple(_class_cell(assessment, name, words) for name in CLASSES),
        groups=ledger(options.columns, assessment.advice.comparisons, words) if numbers else (),
        charts=charts(options.columns, shelf) if numbers else (),
        why=tuple(_option_reasons(options.columns, cited, words)),
        class_why=tuple(_class_reasons(assessment, cited, words)),
        rest=tuple(_rest(options, words)),
        sources=cited,
    )


def _class_cell(assessment: Assessment, name: str, words: Words) -> ClassCell:
    finding = getattr(assessment.classification, name)
    note = words("now.missing", facts=words.facts(finding.missing)) if finding.missing else ""
    if name == "liver" and not note and is_known(assessment.case.liver.hpb_review_on):
        note = f"{words.fact('liver.hpb_review_on')} {words.day(assessment.case.liver.hpb_review_on)}"
    return ClassCell(
        name=name,
        title=words.label("class", name),
        value=words.classed(name, finding.value),
        unknown=finding.value == "unknown",
        note=note,
    )


def _why_row(
    reason: Reason, cited: dict[str, Citation], words: Words, *, options: tuple[Option, ...] = (), subject: str = ""
) -> WhyRow:
    return WhyRow(
        options=options,
        subject=subject,
        reason=reason,
        direction=words.label("direction", reason.direction),
        text=reason.text.say(words.lang),
        grade=words.label("grade", reason.grade),
        mark=words.label("mark", reason.mark),
        sources=tuple(cited[source] for source in reason.sources if source in cited),
        facts=words.facts(reason.facts),
    )


def _option_reasons(options: tuple[Option, ...], cited: dict[str, Citation], words: Words) -> Iterator[WhyRow]:
    """Each reason once, with every column it speaks of; for and against come before notes."""
    found: dict[Reason, list[Option]] = {}
    for option in options:
        for reason in dict.fromkeys((*option.assessed.candidate.reasons, *option.assessed.ranked.reasons)):
            found.setdefault(reason, []).append(option)
    for reason in sorted(found, key=lambda item: item.direction == "neutral"):
        yield _why_row(reason, cited, words, options=tuple(found[reason]))


def _class_reasons(assessment: Assessment, cited: dict[str, Citation], words: Words) -> Iterator[WhyRow]:
    for name in CLASSES:
        for reason in getattr(assessment.classification, name).reasons:
            yield _why_row(reason, cited, words, subject=words.label("class", name))


def _rest(options: Options, words: Words) -> Iterator[RestRow]:
    for option in options.rest:
        # The rule that stands against it comes first; that it was not weighed follows from it.
        reasons = dict.fromkeys((*option.assessed.candidate.reasons, *option.assessed.ranked.reasons))
        by_weight = sorted(reasons, key=lambda item: item.direction != "block")
        against = [item.text.say(words.lang) for item in by_weight if item.direction in {"against", "block"}]
        missing = option.assessed.candidate.missing
        if option.status == "needs_information" and missing:
            against.append(words("options.needs", facts=words.facts(missing)))
        yield RestRow(
            option=option,
            name=option.assessed.candidate.name.say(words.lang),
            why=(*against, _why_not_shown(option, words)),
        )


def _why_not_shown(option: Option, words: Words) -> str:
    if option.chance is None:
        return words("options.rest_not_weighed")
    chance = option.chance
    said = words("options.under5") if chance < 0.01 else words("now.chance", n=words.number(100 * chance))
    return words("options.rest_low" if chance < LEAST_CHANCE else "options.rest_order", chance=said)
